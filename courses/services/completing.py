"""What happens when somebody has done all that a course asks for: once, and for good (R-PRG-1, R-PRG-2)."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db.models import F

from accounts.models import User
from audit.services import record
from courses.models import Certificate, Course, Enrolment, EnrolmentStatus, PointsReason
from courses.services import points, queue
from courses.services.points import POINTS, Grant
from notifications.services import Notice

# 128 random bits: nobody finds a certificate by trying.
CODE_BYTES = 16


def complete(course: Course, enrolments: Sequence[Enrolment], *, actor: User | None, now: datetime) -> list[Notice]:
    """Complete these active enrolments; their course and they are locked, their learners and its tutor loaded.

    Seats, which go to who waits for one, certificates, points and the audit log follow. Returns what is to be told of
    it: hand it to `notify`.
    """
    if not enrolments:
        return []
    for enrolment in enrolments:
        enrolment.status, enrolment.completed_at, enrolment.completion_percentage = EnrolmentStatus.COMPLETED, now, 100
    Enrolment.objects.filter(pk__in=[enrolment.pk for enrolment in enrolments]).update(
        status=EnrolmentStatus.COMPLETED, completed_at=now, completion_percentage=100, updated_at=now
    )
    Course.objects.filter(pk=course.pk).update(seats_taken=F("seats_taken") - len(enrolments))
    seated = queue.let_in(course, now=now)
    certificates = Certificate.objects.bulk_create([_certificate(course, one, now) for one in enrolments])
    points.award_all(
        Grant(one.learner, PointsReason.COURSE, f"course:{course.pk}", POINTS[PointsReason.COURSE])
        for one in enrolments
    )
    for enrolment in enrolments:
        status = {"status": EnrolmentStatus.ACTIVE}, {"status": EnrolmentStatus.COMPLETED}
        record("enrolment.completed", actor=actor, obj=enrolment, before=status[0], after=status[1])
    completed = [
        notice
        for enrolment, certificate in zip(enrolments, certificates, strict=True)
        for notice in _notices(course, enrolment, certificate)
    ]
    return completed + seated


def _certificate(course: Course, enrolment: Enrolment, now: datetime) -> Certificate:
    return Certificate(
        enrolment=enrolment,
        code=secrets.token_hex(CODE_BYTES),
        learner_name=enrolment.learner.display_name,
        course_title=course.title,
        tutor_name=course.tutor.user.display_name,
        issued_at=now,
    )


def _notices(course: Course, enrolment: Enrolment, certificate: Certificate) -> list[Notice]:
    told = [
        (enrolment.learner_id, "Course completed", f"You have completed {course.title}. Here is your certificate."),
        (course.tutor.user_id, "Course completed", f"{enrolment.learner.display_name} has completed {course.title}."),
    ]
    return [
        Notice(
            recipient_id=recipient,
            kind="course_completed",
            title=title,
            message=message,
            link=f"/certificates/{certificate.code}" if recipient == enrolment.learner_id else f"/courses/{course.pk}",
            data={"course_id": course.pk, "learner_id": enrolment.learner_id},
            about=f"course:{course.pk}",
            dedupe_key=f"enrolment:{enrolment.pk}:completed",
        )
        for recipient, title, message in told
    ]
