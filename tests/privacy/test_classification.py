"""Every model that leads to a person is classified: what is exported of it, and what an erasure does to it (S16)."""

from collections import Counter

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist

from accounts.models import TutorProfile, User
from common import personal_data
from common.personal_data import Overwrite

PEOPLE = (User, TutorProfile)


def leads_to_people(model, seen=()):
    """Whether a chain of foreign keys goes from the model to a user."""
    targets = [field.remote_field.model for field in model._meta.concrete_fields if field.remote_field]
    return any(
        target is User or (target not in (*seen, model) and leads_to_people(target, (*seen, model)))
        for target in targets
    )


PERSONAL = [model for model in apps.get_models() if model is User or leads_to_people(model)]
SECTIONS = personal_data.sections()
LINKS = {link for module in personal_data.modules() for link in module.LINKS}


@pytest.mark.parametrize("model", PERSONAL, ids=lambda model: model._meta.label)
def test_a_model_that_leads_to_a_person_is_classified(model):
    label = model._meta.label
    links = {field.name for field in model._meta.concrete_fields if f"{label}.{field.name}" in LINKS}

    assert label in {section.model_class._meta.label for section in SECTIONS} or links, (
        f"Say in the app's personal_data what of {label} is exported and what an erasure does to it."
    )


@pytest.mark.parametrize("model", PERSONAL, ids=lambda model: model._meta.label)
def test_each_column_that_names_a_person_is_classified(model):
    label = model._meta.label
    owners = {section.owner.split("__")[0] for section in SECTIONS if section.model_class is model}
    naming = [
        field.name for field in model._meta.concrete_fields if field.remote_field and field.remote_field.model in PEOPLE
    ]

    forgotten = [name for name in naming if name not in owners and f"{label}.{name}" not in LINKS]
    assert forgotten == []


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)
def test_a_section_is_exported_or_says_why_not(section):
    assert bool(section.shows) != bool(section.hides)


@pytest.mark.django_db
@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)
def test_a_section_names_columns_that_there_are(section):
    user = User(pk=0)

    assert list(section.rows(user).values(*section.shows)) == []
    if isinstance(section.erasure, Overwrite):
        for column in section.erasure.values:
            section.model_class._meta.get_field(column)


def test_sections_have_names_of_their_own():
    assert [name for name, times in Counter(section.name for section in SECTIONS).items() if times > 1] == []


def test_every_link_is_a_column_that_names_a_person():
    for link in LINKS:
        model, name = link.rsplit(".", 1)
        try:
            field = apps.get_model(model)._meta.get_field(name)
        except FieldDoesNotExist:
            pytest.fail(f"{link} is no column")
        assert field.remote_field.model in PEOPLE
