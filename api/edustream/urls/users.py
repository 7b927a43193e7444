from django.urls import path

from accounts.views import picture
from api.edustream.views import users

urlpatterns = [
    path("api/users/me/avatar", users.MyAvatarView.as_view()),
    path("api/users/me/calendar-feed", users.CalendarFeedView.as_view()),
    path("api/users/me/erasure", users.MyErasureView.as_view()),
    path("api/users/me/export", users.MyExportView.as_view()),
    path("api/users/me/export/download", users.MyExportFileView.as_view()),
    path("api/users/preferences", users.PreferencesView.as_view()),
    path("api/users/currency", users.MyCurrencyView.as_view()),
    path("api/users/currency/options", users.CurrencyOptionsView.as_view()),
    path("api/avatars/<str:name>", picture),
]
