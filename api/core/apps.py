from typing import Any

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "api.core"
    label = "api"
    verbose_name = "API"

    def ready(self) -> None:
        from rest_framework.fields import BooleanField  # its settings name our own modules

        BooleanField.get_value = _value_of_box  # type: ignore[assignment, method-assign]


def _value_of_box(box: Any, sent: Any) -> Any:
    """REST framework takes a box that a form leaves out for one that is unticked: `false`, or `null` where that may be.
    Here it says nothing, as in JSON: a form of ours has other senders than browsers, and `false` can have consequences.
    """
    from rest_framework.fields import Field, empty

    return Field.get_value(box, sent) if box.field_name in sent else empty
