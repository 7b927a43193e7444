"""Courses: the learner's side and the tutor's."""

from api.learner_v1.views.base import LearnerV1Mixin
from courses.views import authoring, courses


class CourseViewSet(LearnerV1Mixin, courses.CourseViewSet):
    pass


class CourseMeetingViewSet(LearnerV1Mixin, courses.CourseMeetingViewSet):
    pass


class TutorCourseViewSet(LearnerV1Mixin, authoring.TutorCourseViewSet):
    pass


class TutorModuleViewSet(LearnerV1Mixin, authoring.TutorModuleViewSet):
    pagination_class = None


class TutorAssessmentViewSet(LearnerV1Mixin, authoring.TutorAssessmentViewSet):
    pass


class TutorMeetingViewSet(LearnerV1Mixin, authoring.TutorMeetingViewSet):
    pass


class CourseLearnerViewSet(LearnerV1Mixin, authoring.CourseLearnerViewSet):
    pass
