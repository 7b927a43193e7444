"""Charts, as numbers and as they are drawn."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adminpanel.charts import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Point, columns, rows
from tests.factories import SessionFactory, SubjectFactory


def points(*values):
    return [Point(f"Month {number}", value, str(number)) for number, value in enumerate(values)]


def test_the_longest_column_is_measured_by_the_axis():
    chart = columns("Revenue", points(Decimal("0.00"), Decimal("300.00"), Decimal("400.00")), unit="EUR")

    assert [tick.text for tick in chart.ticks] == ["0", "100", "200", "300", "400"]
    assert [column.height for column in chart.columns] == [0, 120, 160]
    assert chart.columns[2].y == TOP
    assert chart.summary == "Month 0: 0.00, Month 2: 400.00, the most in Month 2: 400.00, in EUR."


def test_what_is_below_nothing_is_drawn_as_nothing_and_told_as_it_is():
    chart = columns("Revenue", points(-5, 3))

    assert [(column.height, column.value) for column in chart.columns] == [(0, -5), (120, 3)]


def test_nothing_at_all_is_said_in_words():
    assert columns("Users", []).summary == "There is nothing yet."
    assert rows([]) == []


def test_many_columns_have_few_labels_the_last_among_them():
    chart = columns("Users", points(*range(60)))

    assert len(chart.labels) == 12
    assert chart.labels[-1].text == "59"


@given(st.lists(st.decimals(min_value=-(10**12), max_value=10**12, places=2), max_size=40))
def test_everything_stays_in_the_picture(values):
    chart = columns("Any", points(*values))

    assert len(chart.columns) == len(values)
    for column in chart.columns:
        assert LEFT <= column.x <= column.x + column.width <= WIDTH - RIGHT + 0.2
        assert TOP - 0.1 <= column.y <= column.y + column.height <= HEIGHT - BOTTOM + 0.1


def test_rows_are_measured_by_the_longest():
    assert [row.share for row in rows([("a", 10, ""), ("b", 5, ""), ("c", 0, "")])] == [100, 50, 0]


@pytest.mark.django_db
def test_every_picture_has_a_name_a_sentence_and_a_table(office):
    session = SessionFactory(subject=SubjectFactory(name="<b>Botany</b>"))

    page = office.get("/admin/").content.decode()

    pictures = re.findall(r'<svg .*?role="img" aria-labelledby="(\S+) (\S+)"', page)
    assert len(pictures) == len(set(pictures)) == 2  # users, and revenue in the platform's currency
    for title, summary in pictures:
        assert re.search(rf'<title id="{title}">[^<]+</title>', page)
        assert re.search(rf'<desc id="{summary}">[^<]+</desc>', page)
    assert page.count("as a table</summary>") == len(pictures)
    assert "&lt;b&gt;Botany&lt;/b&gt;" in page
    assert f"subject__id__exact={session.subject_id}" in page
    assert "<script>" not in page


@pytest.mark.django_db
def test_what_a_bar_leads_to_is_what_it_counts(office):
    SessionFactory()
    bars = [chart for chart in office.get("/admin/").context["charts"] if hasattr(chart, "rows")]

    for bar in bars:
        for row in bar.rows:
            assert office.get(row.link).context["cl"].result_count == row.value, (bar.title, row.label)
