"""The edustream contract's paths, by the chapters of its document."""

from api.edustream.urls import (
    accounts,
    audit,
    availability,
    bookings,
    catalog,
    dashboard,
    messages,
    notifications,
    packages,
    people,
    reviews,
    students,
    tutors,
    users,
)

CHAPTERS = (
    accounts,
    audit,
    availability,
    bookings,
    catalog,
    dashboard,
    messages,
    notifications,
    packages,
    people,
    reviews,
    students,
    tutors,
    users,
)

urlpatterns = [pattern for chapter in CHAPTERS for pattern in chapter.urlpatterns]
