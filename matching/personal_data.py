"""What matching keeps about people (see `common.personal_data`): all of it can be worked out again."""

from common.personal_data import Delete, Section

SECTIONS = (
    Section(*("matching.FreeTime", "tutor__user", "matching", Delete()), hides="Worked out from the hours."),
    Section(
        *("matching.RecommendationList", "student", "matching", Delete()), shows=("entries", "size", "computed_at")
    ),
    Section(
        *("matching.TutorFeedback", "student", "matching", Delete()),
        shows=("tutor_id", "action", "until", "created_at"),
    ),
    Section(
        *("matching.TutorFeedback", "tutor__user", "matching", Delete()), hides="What others think is theirs to say."
    ),
    Section(*("matching.PrecomputeJob", "student", "matching", Delete()), hides="That a list was worked out."),
)

LINKS = {"matching.PrecomputeJob.requested_by": "Which admin asked for it, by number."}
