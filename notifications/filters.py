import django_filters

from common.filters import TruthFilter
from notifications.models import Notification, NotificationQuerySet


class NotificationFilter(django_filters.FilterSet):
    is_read = TruthFilter(help_text="Only read or only unread ones.")
    unread_only = TruthFilter(method="only_unread", help_text="`true`: only unread ones.")
    type = django_filters.CharFilter(max_length=50)

    class Meta:
        model = Notification
        fields = ()

    def only_unread(self, queryset: NotificationQuerySet, name: str, value: bool) -> NotificationQuerySet:
        return queryset.unread() if value else queryset


class LearnersNotificationFilter(NotificationFilter):
    unread = TruthFilter(method="only_unread", help_text="The same in fewer words.")
