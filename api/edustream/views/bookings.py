"""Bookings."""

from typing import ClassVar

from api.core.dialect import Dialect
from api.edustream.dialect import EduStreamBookings
from api.edustream.views.base import EduStreamMixin
from bookings.views import bookings


class BookingsMixin(EduStreamMixin):
    dialect: ClassVar[Dialect] = EduStreamBookings()


class BookingViewSet(BookingsMixin, bookings.BookingViewSet):
    pass


class TutorBookingViewSet(BookingsMixin, bookings.TutorBookingViewSet):
    pass
