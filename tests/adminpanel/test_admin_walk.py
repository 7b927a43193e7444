"""Goal S18: whatever somebody does on any page of the back office, the server does not fail, and lists stay cheap.

Generated over what is registered: a new page is walked from the day it is there.
"""

from functools import reduce
from itertools import zip_longest
from operator import or_
from urllib.parse import parse_qsl

import pytest
from django import forms
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import Language
from catalog.reference import all_language_names
from tests.adminpanel.conftest import ROWS, registered
from tests.support.figures import figure, part
from tests.support.forms import filled_in

pytestmark = pytest.mark.django_db

PAGES = pytest.mark.parametrize(("model", "page"), registered(), ids=lambda value: getattr(value, "__name__", ""))
MANY = figure(1000, 30)
# There are no more languages in the world.
FEWER = {Language: len(all_language_names()) - 1}
MOST_QUERIES = 30
ODD = ["'", '"', "%", "_", "\\", "\0", "é", "日本", "🙂", "<script>", "9" * 400, "-1", "1 2 3", " ", "{{ 7 }}", "\r\n"]
ODD_FEW = ["\0", "\\", "é", "9" * 400, "-1"]
BAD_KEYS = ["0", "-1", "x", "9" * 30, "é", "1.5", "a/b", "%00", "_5F", "00000000-0000-0000-0000-000000000000"]


NUMBERS = {model: number for number, (model, _) in enumerate(registered())}


def some(texts, model):
    """Every text on every page would take a third of the suite's time: each page has a part of them."""
    return part(texts, NUMBERS[model], of=6)


def url(model, name, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def make(model, count=1):
    for _ in range(count):
        row = ROWS[model]()
    return row


def works(response):
    """No failure; a refusal or a redirect is no failure."""
    return response.status_code < 500


def as_seen(page, response):
    """The request with its user, as the ModelAdmin gets it."""
    request = RequestFactory().get("/")
    request.user = response.wsgi_request.user
    return request


def test_every_page_has_rows_to_walk_over():
    assert {model for model, _ in registered()} == set(ROWS)


# --- Lists --------------------------------------------------------------------------------------------------------


@PAGES
def test_a_list_costs_the_same_at_one_row_and_at_many(office, model, page):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            response = office.get(url(model, "changelist"))
        assert response.status_code == 200
        return len(captured)

    make(model)
    queries()
    at_one = queries()
    make(model, min(MANY, FEWER.get(model, MANY)))

    at_many = queries()
    print(f"{model.__name__}: {at_many} queries")
    assert at_many == at_one <= MOST_QUERIES


@PAGES
def test_a_list_shows_its_rows_and_finds_them(office, model, page):
    row = make(model)

    response = office.get(url(model, "changelist"), {"q": "zzz-nothing-is-called-that"})

    assert row in office.get(url(model, "changelist")).context["cl"].result_list
    assert not response.context["cl"].result_list or not page.search_fields
    assert page.search_fields


@PAGES
def test_odd_searches_break_nothing(office, model, page):
    make(model)

    broken = [words for words in some(ODD, model) if not works(office.get(url(model, "changelist"), {"q": words}))]

    assert broken == []


@PAGES
def test_every_choice_of_every_filter_works(office, model, page):
    """The first choices of all filters together, then the second ones, and so on: each is made once."""
    make(model, 3)
    changelist = office.get(url(model, "changelist")).context["cl"]
    choices = [
        [dict(parse_qsl(choice["query_string"][1:])) for choice in spec.choices(changelist) if "query_string" in choice]
        for spec in changelist.filter_specs
    ]
    queries = [reduce(or_, together, {}) for together in zip_longest(*choices, fillvalue={})]

    assert changelist.filter_specs or not page.list_filter
    assert {office.get(url(model, "changelist"), query).status_code for query in queries} <= {200}


def name_of(list_filter):
    """A column, a column with a filter of its own, or a filter of no column."""
    if isinstance(list_filter, str):
        return list_filter
    return getattr(list_filter, "parameter_name", None) or list_filter[0]


@pytest.mark.slow
@PAGES
def test_odd_values_of_every_filter_break_nothing(office, model, page):
    make(model)
    names = [name_of(field) for field in page.list_filter]
    lookups = ("", "__exact", "__gte", "__in", "__isnull", "__isempty", "__id__exact", "__year", "__regex")

    broken = [
        (name + lookup, value)
        for name in names
        for lookup in lookups
        for value in some(ODD_FEW, model)
        if not works(office.get(url(model, "changelist"), {name + lookup: value}))
    ]

    assert broken == []


@pytest.mark.slow
@PAGES
def test_every_column_sorts_and_every_page_number_is_survived(office, model, page):
    make(model, 3)
    columns = range(1, len(page.list_display) + 1)
    queries = [{"o": str(column)} for column in columns] + [{"o": f"-{column}"} for column in columns]
    names = ("o", "p", "all", "e", "_popup", "_to_field", "_facets", "x")
    odd = [{name: value} for name in names for value in some(ODD_FEW, model)]

    assert {office.get(url(model, "changelist"), query).status_code for query in queries} == {200}
    assert all(works(office.get(url(model, "changelist"), query)) for query in odd)


# --- One object ---------------------------------------------------------------------------------------------------


@PAGES
def test_adding_is_offered_or_refused(office, model, page):
    shown = office.get(url(model, "add"))
    sent = office.post(url(model, "add"), {})

    assert shown.status_code == (200 if page.has_add_permission(as_seen(page, shown)) else 403)
    assert sent.status_code == shown.status_code


@PAGES
def test_odd_characters_in_every_field_of_a_new_object_break_nothing(office, model, page):
    shown = office.get(url(model, "add"))
    if shown.status_code == 403:
        assert not page.has_add_permission(as_seen(page, shown))
        return
    fields = filled_in(shown.content.decode(), f"{model._meta.model_name}_form")

    broken = [
        text for text in some(ODD, model) if not works(office.post(url(model, "add"), dict.fromkeys(fields, text)))
    ]

    assert broken == []


@PAGES
def test_an_object_is_shown_with_its_history_and_cannot_be_deleted_behind_the_services(office, model, page):
    row = make(model)

    shown = office.get(url(model, "change", row.pk))

    assert shown.status_code == 200
    assert office.get(url(model, "history", row.pk)).status_code == 200
    assert works(office.get(url(model, "delete", row.pk)))


@PAGES
def test_saving_an_object_as_it_is_works(office, model, page):
    row = make(model)
    shown = office.get(url(model, "change", row.pk))
    fields = filled_in(shown.content.decode(), f"{model._meta.model_name}_form")

    response = office.post(url(model, "change", row.pk), fields)

    may = page.has_change_permission(as_seen(page, shown), row)
    assert response.status_code == (302 if may else 403)
    assert response.get("Location") == (url(model, "changelist") if may else None)


@pytest.mark.slow
@PAGES
def test_odd_characters_in_every_field_of_an_object_break_nothing(office, model, page):
    row = make(model)
    shown = office.get(url(model, "change", row.pk))
    fields = filled_in(shown.content.decode(), f"{model._meta.model_name}_form")
    own = {name for name in fields if not name.endswith("_FORMS")}
    odd = some(ODD, model)
    sent = [fields | dict.fromkeys(own, text) for text in odd] + [dict.fromkeys(fields, text) for text in odd] + [{}]

    broken = [data for data in sent if not works(office.post(url(model, "change", row.pk), data))]

    assert broken == []


@PAGES
def test_bad_ids_break_nothing(office, model, page):
    paths = [url(model, name, key) for name in ("change", "history", "delete") for key in some(BAD_KEYS, model)]

    broken = [path for path in paths if not works(office.get(path)) or not works(office.post(path, {"post": "yes"}))]

    assert broken == []


# --- Actions ------------------------------------------------------------------------------------------------------


def actions_of(office, model, page):
    shown = office.get(url(model, "changelist"))
    return list(page.get_actions(as_seen(page, shown)))


@PAGES
def test_every_action_asks_first_and_then_acts_or_says_why_not(office, model, page):
    for action in actions_of(office, model, page):
        row = make(model)
        chosen = {"action": action, ACTION_CHECKBOX_NAME: [row.pk]}

        asked = office.post(url(model, "changelist"), chosen | {"index": "0"})
        done = office.post(url(model, "changelist"), chosen | {"confirmed": "yes", "post": "yes"} | answers(asked))

        assert asked.status_code == 200, action
        assert done.status_code == 302, action
        assert office.get(done["Location"]).context["messages"], action


@pytest.mark.slow
@PAGES
def test_actions_on_what_does_not_exist_break_nothing(office, model, page):
    answered = {"confirmed": "yes", "reason": "x", "role": "tutor"}
    sent = [
        answered | {"action": action, ACTION_CHECKBOX_NAME: [key]} | more
        for action in [*actions_of(office, model, page)[:2], "nothing", ""]
        for key in some([*BAD_KEYS, *ODD_FEW], model)
        for more in ({}, {"index": key, "select_across": "1"})
    ]

    broken = [data for data in sent if not works(office.post(url(model, "changelist"), data))]

    assert broken == []


@PAGES
def test_an_object_offers_of_what_its_list_does_what_its_state_allows(office, model, page):
    row = make(model)
    shown = office.get(url(model, "change", row.pk))
    listed = [action for action in actions_of(office, model, page) if action != "delete_selected"]

    offered = [action for action in listed if f'value="{action}"' in shown.content.decode()]

    possible = [name for name in listed if page.is_possible(shown.wsgi_request, page.get_action(name)[0], row)]
    assert offered == possible


def answers(asked):
    """An answer to each question of the page between an action and the deed."""
    form = asked.context.get("form")
    return {} if form is None else {name: answer(field) for name, field in form.fields.items()}


def answer(field):
    if isinstance(field, forms.IntegerField):
        return 1
    return field.choices[0][0] if hasattr(field, "choices") else "A good reason."
