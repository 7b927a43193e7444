"""Subjects, and what the world has agreed on."""

from accounts.permissions import IsAdmin
from api.edustream.views.base import EduStreamArraysMixin
from catalog import views as catalog


class SubjectViewSet(EduStreamArraysMixin, catalog.SubjectViewSet):
    writers = IsAdmin
    pagination_class = None  # all subjects at once, as in the document


class CountriesView(EduStreamArraysMixin, catalog.CountriesView):
    pass


class LanguagesView(EduStreamArraysMixin, catalog.LanguagesView):
    pass


class ProficiencyLevelsView(EduStreamArraysMixin, catalog.ProficiencyLevelsView):
    pass


class PhoneCodesView(EduStreamArraysMixin, catalog.PhoneCodesView):
    pass
