"""What the clocks on the walls were meant to show at a booked lesson."""

from django.db import models

from bookings.models.booking import Booking


class LocalTimeOnRecord(models.Model):
    """The local times of a booking under the zone database of the day it was noted (R-SLOT-13).

    A booking is an instant and never moves; a new zone database may move what a wall shows then. `starts_at` tells
    whether the note is about the booking's present time.
    """

    booking = models.OneToOneField(Booking, models.CASCADE, primary_key=True, related_name="local_time_on_record")
    starts_at = models.DateTimeField()
    tutor_local = models.CharField(max_length=16, help_text="Such as 2026-03-08T09:00.")
    student_local = models.CharField(max_length=16)

    class Meta:
        verbose_name_plural = "local times on record"

    def __str__(self) -> str:
        return f"{self.tutor_local} for booking {self.booking_id}"
