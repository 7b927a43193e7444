"""The tutors who may be something for a student, without looking at all the others."""

from collections import defaultdict
from collections.abc import Iterable

from matching.score.facts import Tutor, Wishes


class Index:
    """Tutors by what they teach, for many students one after the other."""

    def __init__(self, tutors: Iterable[Tutor]) -> None:
        self.tutors = list(tutors)
        self.by_subject: dict[int, list[Tutor]] = defaultdict(list)
        self.by_category: dict[str, list[Tutor]] = defaultdict(list)
        for tutor in self.tutors:
            for subject in tutor.subjects:
                self.by_subject[subject].append(tutor)
            for category in tutor.categories:
                self.by_category[category].append(tutor)

    def near(self, wishes: Wishes) -> list[Tutor]:
        """Everybody whom the filter of subjects lets through, each once."""
        if not wishes.subjects:
            return self.tutors
        found = {tutor.id: tutor for subject in wishes.subjects for tutor in self.by_subject.get(subject, ())}
        if not wishes.must_teach:
            found |= {tutor.id: tutor for each in wishes.categories for tutor in self.by_category.get(each, ())}
        return list(found.values())
