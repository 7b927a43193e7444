"""What a browser would send when somebody presses the button of a form without touching anything else."""

from html.parser import HTMLParser


def filled_in(html: str, form_id: str) -> dict[str, list[str]]:
    """The fields of the form with that id and their values."""
    reader = _Reader(form_id)
    reader.feed(html)
    assert reader.found, f"there is no form {form_id}"
    return reader.values


class _Reader(HTMLParser):
    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id = form_id
        self.found = self.inside = False
        self.values: dict[str, list[str]] = {}
        self.select = self.textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs)
        name = own.get("name") or ""
        if tag == "form":
            self.inside = own.get("id") == self.form_id
            self.found = self.found or self.inside
        elif not self.inside:
            return
        elif tag == "input" and name:
            self._input(name, own)
        elif tag == "select":
            self.select = name
        elif tag == "option" and "selected" in own and self.select:
            self._add(self.select, own.get("value") or "")
        elif tag == "textarea":
            self.textarea = name
            self._add(name, "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.textarea = ""

    def handle_data(self, data: str) -> None:
        if self.textarea:
            self.values[self.textarea][-1] += data.removeprefix("\n")

    def _input(self, name: str, own: dict[str, str | None]) -> None:
        kind = own.get("type") or "text"
        if kind in ("checkbox", "radio") and "checked" not in own:
            return
        if kind not in ("submit", "button", "file"):
            without = "on" if kind in ("checkbox", "radio") else ""
            self._add(name, own.get("value") or without)

    def _add(self, name: str, value: str) -> None:
        self.values.setdefault(name, []).append(value)
