"""What free text is looked for in, kept right in the transaction that changes what it follows from."""

from accounts.services.listing import plain
from catalog.models import Subject
from courses.models import Course

BATCH = 500


def search_text_of(course: Course) -> str:
    """The words of title, description and subject, as the search compares them."""
    return plain(" ".join([course.title, course.description, course.subject.name if course.subject else ""]))


def refresh_of_subject(subject: Subject) -> None:
    """After another name of a subject (`settings.SUBJECT_FOLLOWERS`)."""
    found = Course.objects.filter(subject=subject).select_related("subject").order_by("pk")
    pks = list(found.values_list("pk", flat=True))
    for start in range(0, len(pks), BATCH):
        courses = list(found.select_for_update(of=("self",), no_key=True).filter(pk__in=pks[start : start + BATCH]))
        for course in courses:
            course.subject = subject
            course.search_text = search_text_of(course)
        Course.objects.bulk_update(courses, ["search_text"])
