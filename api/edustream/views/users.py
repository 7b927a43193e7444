"""One's own picture, settings and currency."""

from accounts import views as accounts
from api.edustream.views.base import EduStreamArraysMixin, EduStreamMixin
from bookings.views import calendar
from notifications import views as notifications
from privacy.views import own


class MyAvatarView(EduStreamMixin, accounts.MyAvatarView):
    pass


class PreferencesView(EduStreamMixin, notifications.PreferencesView):
    pass


class MyCurrencyView(EduStreamMixin, accounts.MyCurrencyView):
    pass


class CurrencyOptionsView(EduStreamArraysMixin, accounts.CurrencyOptionsView):
    pass


class CalendarFeedView(EduStreamMixin, calendar.CalendarFeedView):
    pass


class MyErasureView(EduStreamMixin, own.MyErasureView):
    pass


class MyExportView(EduStreamMixin, own.MyExportView):
    pass


class MyExportFileView(EduStreamMixin, own.MyExportFileView):
    pass
