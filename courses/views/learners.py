"""A learner's profile: the learner's own, or an admin's in their place."""

from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from accounts.requests import SignedInRequest
from accounts.serializers import LearnerChangesSerializer
from accounts.services import learners, students
from accounts.views import AccountView, LearnersOwn
from courses.presenters.learners import profile
from courses.serializers.learners import LearnerSerializer


class LearnerView(LearnersOwn, AccountView):
    """A learner."""

    permission_classes = (IsAuthenticated,)
    input_serializer = LearnerChangesSerializer
    answers = {"get": LearnerSerializer, "put": LearnerSerializer}

    def get(self, request: SignedInRequest) -> Response:
        """Who the learner is, and how far they have come: courses, points, time of study."""
        return Response(profile(self.learner, students.own_student_side(self.learner)))

    def put(self, request: SignedInRequest) -> Response:
        """Change what learners may change about themselves. What is left out stays as it is."""
        student = learners.update_profile(self.learner, self.read(request), actor=request.user)
        return Response(profile(self.learner, student))
