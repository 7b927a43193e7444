"""What is taught."""

import factory

from catalog.models import Language, Subject
from catalog.reference import all_language_names


class SubjectFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Subject

    name = factory.Sequence(lambda n: f"Subject {n}")


class LanguageFactory(factory.django.DjangoModelFactory):
    """What was decided about a language, which nobody has read yet."""

    class Meta:
        model = Language

    code = factory.Sequence(lambda n: sorted(all_language_names())[n % len(all_language_names())])
    name = factory.LazyAttribute(lambda language: f"{language.code} as it is called here")
