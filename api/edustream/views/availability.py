"""Tutors' hours, free times and holds."""

from api.edustream.views.base import EduStreamArraysMixin
from bookings.views import availability, slots


class AvailabilityView(EduStreamArraysMixin, availability.AvailabilityView):
    pass


class AvailabilityWindowView(EduStreamArraysMixin, availability.AvailabilityWindowView):
    pass


class BulkAvailabilityView(EduStreamArraysMixin, availability.BulkAvailabilityView):
    pass


class WeekView(EduStreamArraysMixin, availability.WeekView):
    pass


class TermsView(EduStreamArraysMixin, availability.TermsView):
    pass


class OverrideViewSet(EduStreamArraysMixin, availability.OverrideViewSet):
    pass


class TimeOffViewSet(EduStreamArraysMixin, availability.TimeOffViewSet):
    pass


class AvailableSlotsView(EduStreamArraysMixin, slots.AvailableSlotsView):
    pass


class HoldViewSet(EduStreamArraysMixin, slots.HoldViewSet):
    pass
