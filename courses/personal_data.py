"""What courses keep about people (see `common.personal_data`)."""

from common.personal_data import FORMER, Delete, Keep, Overwrite, Section

_STUDIES = Keep("How a course went is part of the course's own figures; it names a number only.")

SECTIONS = (
    Section(
        *("courses.FormerGrade", "submission__enrolment__learner", "courses", Delete()),
        shows=("submission_id", "grade", "feedback", "replaced_at"),
    ),
    Section(
        *("courses.Submission", "enrolment__learner", "courses", Overwrite({"url": "", "feedback": ""})),
        shows=("id", "assessment_id", "attempt", "url", "state", "submitted_at", "grade", "feedback", "graded_at"),
    ),
    Section(
        *("courses.Certificate", "enrolment__learner", "courses", Overwrite({"learner_name": FORMER})),
        shows=("code", "learner_name", "course_title", "tutor_name", "issued_at"),
    ),
    Section(
        *("courses.Certificate", "enrolment__course__tutor__user", "courses", Overwrite({"tutor_name": FORMER})),
        hides="The learners'.",
    ),
    Section(
        *("courses.ModuleCompletion", "enrolment__learner", "courses", _STUDIES),
        shows=("module_id", "attempt", "completed_at"),
    ),
    Section(
        *("courses.Enrolment", "learner", "courses", _STUDIES),
        shows=("course_id", "status", "attempt", "completion_percentage", "enrolled_at", "completed_at", "dropped_at"),
    ),
    Section(
        *("courses.PointsEntry", "user", "courses", Keep("A ledger of sums under a number; nothing is ever changed.")),
        shows=("reason", "points", "created_at"),
    ),
    Section(
        *("courses.Module", "course__tutor__user", "courses", Overwrite({"title": "Module", "content": ""})),
        shows=("course_id", "position", "title", "content", "is_required"),
    ),
    Section(
        *(
            "courses.Assessment",
            "course__tutor__user",
            "courses",
            Overwrite({"title": "Assessment", "description": ""}),
        ),
        shows=("course_id", "title", "description", "deadline", "max_attempts", "pass_grade"),
    ),
    Section(*("courses.CourseSession", "course__tutor__user", "courses", _STUDIES), shows=("course_id", "session_id")),
    Section(
        *("courses.Course", "tutor__user", "courses"),
        erasure=Overwrite({"title": "Course of a former tutor", "description": "", "search_text": ""}),
        shows=("id", "title", "description", "level", "status", "capacity", "published_at", "created_at"),
    ),
)

LINKS = {
    "courses.Submission.graded_by": "Who graded, by number.",
    "courses.FormerGrade.graded_by": "Likewise.",
}
