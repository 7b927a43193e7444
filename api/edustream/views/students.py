"""Students and their favourite tutors."""

from accounts import views as accounts
from api.edustream.views.base import EduStreamArraysMixin, EduStreamMixin


class StudentProfileView(EduStreamMixin, accounts.StudentProfileView):
    pass


class AboutMeView(EduStreamMixin, accounts.AboutMeView):
    pass


class FavouriteTutorViewSet(EduStreamArraysMixin, accounts.FavouriteTutorViewSet):
    pass


class FavouriteViewSet(EduStreamArraysMixin, accounts.FavouriteViewSet):
    pass
