"""People, for admins."""

from accounts.views import people
from api.edustream.views.base import EduStreamMixin


class AccountViewSet(EduStreamMixin, people.AccountViewSet):
    pass


class AccountAvatarView(EduStreamMixin, people.AccountAvatarView):
    pass
