"""The search of tutors: filters, order and pages, in the document's words and in the client's."""

from decimal import Decimal

import pytest

from accounts.models import TutorLanguage
from accounts.services import listing
from tests.factories import (
    FavouriteTutorFactory,
    ReviewFactory,
    StudentFactory,
    SubjectFactory,
    TutorEducationFactory,
    TutorFactory,
    TutorSubjectFactory,
    WeeklyHoursFactory,
)

pytestmark = pytest.mark.django_db


def tutor(*, subjects=(), languages=(), first_name="Ada", last_name="Person", **profile):
    """A listed tutor whom free text finds."""
    described = {f"profile__{name}": value for name, value in ({"title": "", "bio": ""} | profile).items()}
    made = TutorFactory(first_name=first_name, last_name=last_name, **described).tutor_profile
    for subject in subjects:
        TutorSubjectFactory(tutor=made, subject=subject)
    TutorLanguage.objects.bulk_create([TutorLanguage(tutor=made, code=code) for code in languages])
    listing.refresh(made)
    return made


@pytest.fixture
def found(api):
    """The ids that a search finds."""
    return lambda **query: [item["id"] for item in api.get("/api/tutors", query).json()["items"]]


def test_by_subject(found):
    sums, botany = SubjectFactory(), SubjectFactory()
    both, one = tutor(subjects=[sums, botany]), tutor(subjects=[sums])

    assert found(subject_id=sums.pk) == [one.pk, both.pk]
    assert found(subject_id=botany.pk) == [both.pk]
    assert found(subject_id=4711) == []


def test_by_rate(found):
    cheap, dear = tutor(hourly_rate=Decimal("20.00")), tutor(hourly_rate=Decimal("60.50"))
    tutor(hourly_rate=None)

    assert found(min_rate=20, max_rate="60.5") == [dear.pk, cheap.pk]
    assert found(min_rate="20.01") == [dear.pk]
    assert found(max_rate="60.499") == [cheap.pk]
    assert found(max_rate="20.0000001") == [cheap.pk]


@pytest.mark.parametrize("name", ["experience_years", "min_experience"])
def test_by_experience(name, found):
    tutor(experience_years=4)
    old = tutor(experience_years=5)

    assert found(**{name: 5}) == [old.pk]


def test_by_rating(found):
    tutor(average_rating=Decimal("4.49"))
    good = tutor(average_rating=Decimal("4.50"))

    assert found(min_rating="4.5") == [good.pk]


def test_by_languages_of_which_one_is_enough(found):
    spanish = tutor(languages=["es", "en"])
    french = tutor(languages=["fr"])
    tutor(languages=["de"])

    assert found(languages="es,fr") == [french.pk, spanish.pk]
    assert found(languages=" English , ") == [spanish.pk]
    assert found(languages="it") == []


@pytest.mark.parametrize("name", ["search", "search_query", "searchQuery"])
def test_by_words_in_name_title_headline_bio_and_subjects(name, found):
    everywhere = tutor(
        first_name="Grace",
        last_name="Hopper",
        title="Compilers",
        headline="Clear and calm",
        bio="I sailed.",
        subjects=[SubjectFactory(name="Programming")],
    )
    tutor(first_name="Alan", title="Compilers")

    for words in ("grace", "HOPPER", "compilers clear", "sailed", "programming", "rogramm", "calm  grace", "i g"):
        assert found(**{name: words}) == [everywhere.pk], words
    for words in ("turing", "grace alan", "gracehopper", "hh", "descriptions"):
        assert found(**{name: words}) == [], words


def test_letters_of_all_kinds_are_found_whatever_their_case(found):
    made = tutor(first_name="Zo\u00eb", title="\u00c4rger mit Stra\u00dfen", bio="\u6570\u5b66")

    for words in ("ZO\u00cb", "zoe\u0308", "\u00e4rger", "stra\u00dfe", "\u6570\u5b66"):
        assert found(search=words) == [made.pk], words


def test_wildcards_are_plain_characters(found):
    percent = tutor(title="100% algebra_basics c++")
    tutor(title="1000 algebra basics")

    assert found(search="00%") == found(search="a_b") == found(search="c++") == [percent.pk]
    assert found(search="\\") == found(search="%%") == found(search="al%ra") == []
    assert len(found(search=" ")) == 2


def test_what_the_tutor_does_not_say_in_those_is_not_searched(found):
    tutor(description="hidden", teaching_philosophy="hidden")

    assert found(search="hidden") == []


def test_filters_narrow_together(found):
    sums = SubjectFactory()
    fits = tutor(subjects=[sums], languages=["en"], hourly_rate=30, experience_years=9, title="Algebra")
    tutor(subjects=[sums], languages=["en"], hourly_rate=90, experience_years=9, title="Algebra")
    tutor(languages=["en"], hourly_rate=30, experience_years=9, title="Algebra")

    query = {"subject_id": sums.pk, "languages": "en", "max_rate": 50, "min_experience": 5, "search_query": "algebra"}
    assert found(**query) == [fits.pk]


@pytest.mark.parametrize("name", ["sort", "sort_by"])
def test_orders_and_those_turned_round(name, found):
    good = tutor(ranking_score=Decimal("4.9"), hourly_rate=50, experience_years=1, average_rating=1)
    cheap = tutor(ranking_score=Decimal("4.1"), hourly_rate=20, experience_years=2, average_rating=5)
    old = tutor(ranking_score=Decimal("4.1"), hourly_rate=None, experience_years=30)

    orders = {
        "rating": [good, old, cheap],  # by the score, not the mean; the newer of equals first
        "rate": [cheap, good, old],
        "experience": [old, cheap, good],
    }
    for word, order in orders.items():
        assert found(**{name: word}) == [each.pk for each in order]
        assert found(**{name: f"-{word}"}) == [each.pk for each in reversed(order)]
    assert found() == found(sort="rating")


def test_pages_cover_everything_once(api):
    everybody = {tutor(ranking_score=Decimal(number % 3)).pk for number in range(7)}

    pages = [api.get("/api/tutors", {"page": page, "page_size": 3}).json() for page in (1, 2, 3, 4)]

    assert [len(page["items"]) for page in pages] == [3, 3, 1, 0]
    assert {item["id"] for page in pages for item in page["items"]} == everybody
    assert [(page["has_prev"], page["has_next"]) for page in pages[:3]] == [(False, True), (True, True), (True, False)]
    assert {(page["total"], page["total_pages"]) for page in pages} == {(7, 3)}


def test_page_sizes_are_clamped(api):
    tutor()

    assert api.get("/api/tutors", {"page_size": 1000}).json()["page_size"] == 100
    assert api.get("/api/tutors", {"page_size": 0}).json()["page_size"] == 1
    assert api.get("/api/tutors").json()["page_size"] == 20


@pytest.mark.parametrize(
    "query",
    [
        {"subject_id": "x"},
        {"subject_id": 0},
        {"min_rate": -1},
        {"min_rate": "NaN"},
        {"min_rate": "1e300"},
        {"max_rate": "cheap"},
        {"experience_years": -1},
        {"min_experience": 1000},
        {"min_rating": 6},
        {"languages": "en,klingon"},
        {"languages": "x" * 201},
        {"search": "x" * 201},
        {"sort": "password"},
        {"sort_by": "-"},
        {"page": "two"},
    ],
)
def test_a_filter_that_means_nothing_is_400_and_names_itself(query, api):
    answer = api.get("/api/tutors", query)

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == list(query)


def test_an_empty_filter_is_none(found):
    made = tutor()

    assert found(subject_id="", min_rate="", languages="", search="", sort="", experience_years="") == [made.pk]


def test_who_is_signed_in_is_told_the_favourites(api):
    liked, other = tutor(), tutor()
    student = FavouriteTutorFactory(tutor=liked).student
    FavouriteTutorFactory(tutor=other)

    def favourites(client):
        return {item["id"]: item.get("is_favorite") for item in client.get("/api/tutors").json()["items"]}

    assert favourites(api.as_(student)) == {liked.pk: True, other.pk: False}
    assert favourites(api) == {liked.pk: None, other.pk: None}


@pytest.mark.parametrize("is_signed_in", [False, True])
@pytest.mark.parametrize("query", [{}, {"search": "ada", "languages": "en", "min_rate": 1, "sort": "rate"}])
def test_it_costs_the_same_for_one_and_for_thirty(query, is_signed_in, api, django_assert_num_queries):
    client = api.as_(StudentFactory()) if is_signed_in else api
    for count in (1, 29):
        for _ in range(count):
            made = tutor(subjects=[SubjectFactory(), SubjectFactory()], languages=["en", "es"])
            TutorEducationFactory(tutor=made)
            ReviewFactory(booking__tutor=made)
            WeeklyHoursFactory(tutor=made)
        # The total, the page, subjects, languages, degrees, reviews, and tutors with their hours and what is taken of
        # them; signed in also the user and the favourites.
        with django_assert_num_queries(11 if is_signed_in else 9):
            items = client.get("/api/tutors", query | {"page_size": 100}).json()["items"]
        # Reviews and slots are remembered.
        with django_assert_num_queries(7 if is_signed_in else 5):
            items = client.get("/api/tutors", query | {"page_size": 100}).json()["items"]
    assert len(items) == 30


def test_a_new_total_is_counted_after_seconds_only_where_it_is_large(api):
    tutor()
    assert api.get("/api/tutors").json()["total"] == 1
    tutor()
    assert api.get("/api/tutors").json()["total"] == 2
