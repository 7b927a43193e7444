"""Forms that know what they showed when they were opened, so that nobody undoes unseen what others did meanwhile."""

import json
from typing import Any

from django import forms
from django.contrib.admin.utils import display_for_field
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.forms.boundfield import BoundField

FIELD = "_opened"
SALT = "common.opened"
CHANGED_MEANWHILE = (
    "Somebody has changed this since you opened it. Look at it again: what you left alone is shown as it is now, "
    "and what you wrote is as you wrote it."
)
CHANGED_BOTH = "Somebody else has made this: {now}"


class AsOpened(forms.ModelForm):
    """The page sends `opened` along. A row that says something else by then is not saved: the form comes back with what
    was written, and with what is there now. The caller holds the row from before the form is made.
    """

    @property
    def opened(self) -> str:
        """A hidden input with what the row says in these fields."""
        return forms.HiddenInput().render(FIELD, signing.dumps(self._said(), salt=SALT, compress=True))

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        now, opened = self._said(), self._opened()
        changed = [name for name in now if name not in opened or opened[name] != now[name]]
        if changed:
            self.add_error(None, CHANGED_MEANWHILE)
        for name in changed:
            self._compare(self[name], opened.get(name), now[name])
        return cleaned

    def _said(self) -> dict[str, Any]:
        said = {field.name: _parts(field) for field in self}
        return json.loads(json.dumps(said, cls=DjangoJSONEncoder))

    def _opened(self) -> dict[str, Any]:
        """Nothing of a page that did not send it: whatever it holds may be old."""
        try:
            return signing.loads(self.data.get(FIELD, ""), salt=SALT)
        except signing.BadSignature:
            return {}

    def _compare(self, field: BoundField, opened: Any, now: Any) -> None:
        if not _is_written(field, opened):
            field.field.bound_data = lambda data, initial: initial  # type: ignore[method-assign]
        elif _is_written(field, now):
            value = getattr(self.instance, field.name)
            shown = display_for_field(value, self.instance._meta.get_field(field.name), "nothing")
            self.add_error(field.name, CHANGED_BOTH.format(now=shown))


def _parts(field: BoundField) -> Any:
    widget = field.field.widget
    return widget.decompress(field.initial) if isinstance(widget, forms.MultiWidget) else field.initial


def _is_written(field: BoundField, said: Any) -> bool:
    """Whether the page sent something else than was said before. Browsers send line ends of their own."""
    sent = field.data.replace("\r\n", "\n") if isinstance(field.data, str) else field.data
    try:
        return field.field.has_changed(field.field.to_python(said), sent)
    except ValidationError:
        return True
