"""The refusals of courses."""

from common.errors import Conflict, Forbidden, Invalid

# --- Being in a course --------------------------------------------------------------------------------------------


class AlreadyEnrolled(Conflict):
    """The sentence is the document's."""

    code = "LEARNER_ENROLLMENT_DENIED"
    message = "Learner is already enrolled in this session"


class AlreadyWaiting(Conflict):
    """`position` is the place in the queue, from 1."""

    code = "ALREADY_WAITING"
    message = "You wait for a seat in this course already"


class CourseFull(Conflict):
    """`waitlist_available` says whether `{"waitlist": true}` would get a place in the queue, `waiting` its length."""

    code = "COURSE_FULL"
    message = "This course is full"


class WaitlistFull(Conflict):
    """`waiting` is the length of the queue."""

    code = "WAITLIST_FULL"
    message = "As many wait for a seat in this course as may"


class CourseClosed(Conflict):
    code = "COURSE_CLOSED"
    message = "This course takes nobody at the moment"


class OwnCourse(Forbidden):
    code = "OWN_COURSE"
    message = "The tutor of a course takes no seat in it"


class NotEnrolled(Conflict):
    code = "NOT_ENROLLED"
    message = "You are not enrolled in this course at the moment."


class CourseArchived(Conflict):
    code = "COURSE_ARCHIVED"
    message = "This course is archived: it can only be read."


# --- Handing in work ----------------------------------------------------------------------------------------------


class AlreadyPassed(Conflict):
    code = "ALREADY_PASSED"
    message = "You have passed this assessment already."


class NoAttemptsLeft(Conflict):
    """`max_attempts` is how many there were."""

    code = "NO_ATTEMPTS_LEFT"
    message = "You have used all attempts at this assessment."


class SubmissionReplaced(Conflict):
    code = "SUBMISSION_REPLACED"
    message = "The learner has handed in something newer, which is the one to be graded."


# --- Making courses -----------------------------------------------------------------------------------------------


class CapacityBelowEnrolled(Conflict):
    """`seats_taken` is the least that is possible."""

    code = "CAPACITY_BELOW_ENROLLED"
    message = "More learners are in this course than that"


class CourseInUse(Conflict):
    code = "COURSE_IN_USE"
    message = "Only a draft that nobody was ever in can be deleted. Archive the course instead"


class TooManyModules(Conflict):
    code = "TOO_MANY_MODULES"
    message = "A course has 200 modules at most"


class IncompleteOrder(Invalid):
    """`modules` are the ids that have to be named, each once."""

    code = "INCOMPLETE_ORDER"
    message = "Must name every module of the course once."

    def __init__(self, *, modules: list[int]) -> None:
        super().__init__(errors={"order": [self.message]}, modules=modules)


class AssessmentUsed(Conflict):
    code = "ASSESSMENT_USED"
    message = "Work was handed in for this assessment. Unpublish it instead"


class SessionInCourse(Conflict):
    code = "SESSION_IN_COURSE"
    message = "This session belongs to a course already"
