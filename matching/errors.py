"""The refusals of matching."""

from common.errors import Forbidden, Invalid, NotFound


class TutorNotFound(NotFound):
    message = "Mentor not found"


class StudentNotFound(NotFound):
    message = "Student not found"


class JobNotFound(NotFound):
    message = "Job not found"


class PeerMatchingOff(Forbidden):
    """Who wants to see others must want to be seen."""

    code = "PEER_MATCHING_OFF"
    message = "Switch on matchWithPeers in your settings first: only those who have are matched."


class StudentNeeded(Invalid):
    """An admin is no student: they say whom they mean."""

    def __init__(self) -> None:
        super().__init__("Say which student.", errors={"student_id": ["This field is required."]})
