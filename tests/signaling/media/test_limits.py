from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from signaling.media.limits import TokenBucket


@given(st.lists(st.tuples(st.floats(0, 3), st.floats(0, 30)), max_size=50))
def test_no_stretch_of_time_gets_more_than_its_rate_and_one_burst(takes: list[tuple[float, float]]) -> None:
    bucket, now, taken = TokenBucket(10.0, 20.0), 0.0, 0.0
    for later, amount in takes:
        now += later
        if bucket.take(amount, now):
            taken += amount
    assert taken <= 20.0 + 10.0 * now + 1e-6


def test_what_is_refused_costs_nothing() -> None:
    bucket = TokenBucket(1.0, 5.0)
    assert not bucket.take(6.0, 0.0)
    assert bucket.take(5.0, 0.0)
    assert not bucket.take(1.0, 0.5)
    assert bucket.take(1.0, 1.0)
