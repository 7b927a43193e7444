"""Packages."""

from api.edustream.views.base import EduStreamArraysMixin
from bookings.views import packages


class PackageViewSet(EduStreamArraysMixin, packages.PackageViewSet):
    pass


class CreditViewSet(EduStreamArraysMixin, packages.CreditViewSet):
    pass
