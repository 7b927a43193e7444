"""The edustream contract's paths, by the chapters of its document."""

from api.edustream.urls import (
    accounts,
    availability,
    bookings,
    catalog,
    messages,
    notifications,
    packages,
    reviews,
    students,
    tutors,
    users,
)

CHAPTERS = (
    accounts,
    availability,
    bookings,
    catalog,
    messages,
    notifications,
    packages,
    reviews,
    students,
    tutors,
    users,
)

urlpatterns = [pattern for chapter in CHAPTERS for pattern in chapter.urlpatterns]
