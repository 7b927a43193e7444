from courses.models.assessment import Assessment, FormerGrade, Submission, SubmissionState
from courses.models.course import TRANSITIONS, Course, CourseSession, CourseStatus, Module
from courses.models.enrolment import Certificate, Enrolment, EnrolmentStatus, ModuleCompletion
from courses.models.points import PointsEntry, PointsReason

__all__ = [
    "TRANSITIONS",
    "Assessment",
    "Certificate",
    "Course",
    "CourseSession",
    "CourseStatus",
    "Enrolment",
    "EnrolmentStatus",
    "FormerGrade",
    "Module",
    "ModuleCompletion",
    "PointsEntry",
    "PointsReason",
    "Submission",
    "SubmissionState",
]
