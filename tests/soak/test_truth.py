"""The harness's own arithmetic: what counts as an error, and whose it is."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.soak.truth import Cause, Error, Presence, Span, clipped, errors

WINDOW = (0.0, 1000.0)
spans = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200)).map(lambda pair: (min(pair), max(pair))))


def found(presence: Presence, *claimed: Span) -> list[Error]:
    return errors({"site-01": presence}, {"site-01": claimed}, WINDOW)


def there(start: float, end: float, cause: Cause) -> Presence:
    presence = Presence()
    presence.came(start)
    presence.went(end, cause)
    return presence


def test_a_going_that_is_noticed_late_is_an_error_of_its_cause() -> None:
    assert found(there(10, 100, Cause.SEEN), (10, 103)) == [Error("site-01", 100, 103, Cause.SEEN, True)]
    assert found(there(10, 100, Cause.DIED), (10, 103)) == [Error("site-01", 100, 103, Cause.DIED, True)]


def test_a_presence_cut_off_at_its_last_heartbeat_is_the_deaths_error() -> None:
    assert found(there(10, 100, Cause.DIED), (10, 88)) == [Error("site-01", 88, 100, Cause.DIED, False)]


def test_a_gap_that_nobody_made_has_no_excuse() -> None:
    assert found(there(10, 100, Cause.DIED), (10, 40), (50, 100)) == [Error("site-01", 40, 50, Cause.SEEN, False)]


def test_when_a_site_was_let_in_between_asking_and_hearing_only_the_server_knows() -> None:
    presence = Presence()
    presence.came(20, asked=17)
    assert found(presence, (18, 1000)) == []
    (error,) = found(presence, (15, 1000))
    assert error.seconds == pytest.approx(2)


def test_an_open_presence_lasts_to_the_end() -> None:
    presence = Presence()
    presence.came(10)
    assert found(presence, (10, 1000)) == []
    presence.came(20)
    assert presence.until(1000) == [(10, 1000)]


@given(spans, spans)
def test_errors_are_exactly_the_seconds_that_differ(really: list[Span], says: list[Span]) -> None:
    presence = Presence(spans=list(really))
    wrong = errors({"site-01": presence}, {"site-01": says}, WINDOW)

    def covered(of: list[Span], second: int) -> bool:
        return any(start <= second < end for start, end in of)

    expected = sum(covered(really, second) != covered(says, second) for second in range(200))
    assert sum(error.seconds for error in wrong) == expected


@given(spans)
def test_clipped_spans_are_in_order_and_apart(given_spans: list[Span]) -> None:
    joined = clipped(given_spans, (50, 150))
    assert all(50 <= start < end <= 150 for start, end in joined)
    assert all(before[1] < after[0] for before, after in itertools.pairwise(joined))
