"""What a score is made of (R-MAT-2, R-MAT-3)."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from matching.score.cells import MINUTES
from matching.score.facts import Level, Tutor, Wishes
from matching.score.shares import NEUTRAL, UNKNOWN, WHOLE, Value, portion

SAME_SUBJECT, SAME_CATEGORY = 7_000, 3_000

NEVER_USED = ("gender", "age", "ethnicity", "photo", "payments to the platform")


def subject_fit(tutor: Tutor, wishes: Wishes) -> Value:
    """The best of the subjects that are sought. A level fits if the tutor has at least that one."""
    if not wishes.subjects:
        return UNKNOWN
    found = Value(0)
    taught = tutor.subjects
    for subject, level in wishes.subjects.items():
        if subject in taught:
            if level is None or taught[subject] >= level:
                return Value(WHOLE, subject)
            found = found if found.share else Value(SAME_SUBJECT, subject)
    if found.share or tutor.categories.isdisjoint(wishes.categories):
        return found
    return Value(SAME_CATEGORY)


def availability(tutor: Tutor, wishes: Wishes) -> Value:
    """The time in which a lesson is to be had and the student is free, of what is wanted in two weeks."""
    minutes = (tutor.free & wishes.free).bit_count() * MINUTES
    return Value(portion(minutes, wishes.minutes), minutes)


def language(tutor: Tutor, wishes: Wishes) -> Value:
    """The lower of the two levels in the best common language; of equal ones the first by its code."""
    if not wishes.languages:
        return UNKNOWN
    found, best = "", 0
    spoken = tutor.languages
    for code, level in wishes.languages.items():
        if code in spoken:
            common = min(level, spoken[code])
            if common > best or (common == best and code < found):
                found, best = code, common
    return Value(best * WHOLE // Level.NATIVE, found) if best else Value(0)


def price(tutor: Tutor, wishes: Wishes) -> Value:
    """All inside the budget, nothing at 120 % of it, and linear between. Currencies are not converted."""
    budget = wishes.budgets.get(tutor.currency)
    if budget is None or tutor.hourly_rate is None:
        return UNKNOWN
    if tutor.hourly_rate <= budget:
        return Value(WHOLE, tutor.currency)
    return Value(portion(6 * budget - 5 * tutor.hourly_rate, budget), tutor.currency)


def quality(tutor: Tutor, wishes: Wishes) -> Value:
    """The ranking score (R-RAT-3) above three stars."""
    return tutor.quality


def reliability(tutor: Tutor, wishes: Wishes) -> Value:
    """Late cancellations, and twice as much not to have come, of all that was booked."""
    return tutor.reliability


def goals(tutor: Tutor, wishes: Wishes) -> Value:
    """The words that both use, of all that they use (Jaccard)."""
    if not wishes.words:
        return UNKNOWN
    common = len(wishes.words & tutor.words)
    return Value(portion(common, len(wishes.words) + len(tutor.words) - common), common)


def new_tutor(tutor: Tutor, wishes: Wishes) -> Value:
    """Fades with each lesson and each day."""
    return tutor.novelty


class Factor(NamedTuple):
    name: str
    value: Callable[[Tutor, Wishes], Value]
    about: str


# In the order of the answer. The last is on top of the hundred points, which stay the most that there are.
FACTORS = (
    Factor("subject", subject_fit, "Subject and level: both 1, the subject alone 0.7, one of the same kind 0.3."),
    Factor("availability", availability, "Time in which both are free in the next 14 days, of the time wanted."),
    Factor("language", language, "The lower of both levels in the best common language, of four steps."),
    Factor("price", price, "1 inside the budget, falling to 0 at 120 % of it."),
    Factor("quality", quality, "Reviews, newer ones count more: 0 at three stars, 1 at five."),
    Factor("reliability", reliability, "Lessons that were neither cancelled late nor missed by the tutor."),
    Factor("goals", goals, "Words in common: goals and interests, and what the tutor says of the lessons."),
    Factor("new_tutor", new_tutor, "On top: fewer than 5 lessons and less than 60 days here, so that all get a start."),
)


def published(weights: Mapping[str, int]) -> list[dict[str, Any]]:
    """The list of factors for everybody (R-MAT-5)."""
    return [{"name": factor.name, "weight": weights[factor.name], "description": factor.about} for factor in FACTORS]


def reason_of(name: str, value: Value, *, subjects: Mapping[int, str], languages: Mapping[str, str]) -> str:
    """A factor's value in words, for the student; `subjects` and `languages` are names."""
    share, detail = value
    match name:
        case "subject":
            return _of_subject(share, subjects.get(detail, "") if isinstance(detail, int) else "")
        case "availability":
            return f"{_hours(int(detail or 0))} of lessons in the next 14 days when you are free, too."
        case "language":
            word = languages.get(str(detail), str(detail))
            words = {0: "No language in common.", NEUTRAL: "You have not said which languages you speak."}
            return f"You both speak {word}." if detail else words[share]
        case "price":
            words = {WHOLE: "Within your budget.", 0: "At least a fifth above your budget."}
            known = words.get(share, "A little above your budget.")
            return known if detail else "Your budget in this currency is not known."
        case "quality":
            return f"Rated {detail} of 5." if detail else "No reviews yet."
        case "reliability":
            return f"Keeps what is booked: {share / 100:.0f} %."
        case "goals":
            return "You have not said what you are interested in." if detail is None else _words_in_common(int(detail))
        case _:
            lessons = "one lesson so far" if detail == 1 else f"{detail or 'no'} lessons so far"
            return f"New tutor: {lessons}." if share else "Not a new tutor."


def _of_subject(share: int, subject: str) -> str:
    words = {
        WHOLE: f"Teaches {subject} at your level.",
        SAME_SUBJECT: f"Teaches {subject}, though not at your level.",
        NEUTRAL: "You have not said what you want to learn.",
        SAME_CATEGORY: "Teaches a related subject.",
    }
    return words.get(share, "Teaches none of the subjects that you seek.")


def _hours(minutes: int) -> str:
    hours = f"{minutes / 60:.1f}".removesuffix(".0")
    return f"{hours} hours"


def _words_in_common(count: int) -> str:
    return f"{count} of your words about goals and interests in the profile." if count else "No words in common."
