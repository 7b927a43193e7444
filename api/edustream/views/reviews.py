"""Reviews."""

from api.edustream.views.base import EduStreamArraysMixin
from bookings.views import reviews


class ReviewViewSet(EduStreamArraysMixin, reviews.ReviewViewSet):
    pass


class TutorReviewViewSet(EduStreamArraysMixin, reviews.TutorReviewViewSet):
    pass
