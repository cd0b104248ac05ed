"""Token buckets with time passed in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from signaling.rates import Bucket, Buckets, Rate


def test_a_burst_is_allowed_and_then_the_rate() -> None:
    bucket = Bucket(Rate(burst=3, per_second=2), 0.0)
    assert [bucket.take(0.0) for _ in range(4)] == [True, True, True, False]
    assert bucket.take(0.5)
    assert not bucket.take(0.6)


@given(st.lists(st.floats(0, 3), max_size=60))
def test_never_more_than_burst_and_rate(pauses: list[float]) -> None:
    bucket, now, taken = Bucket(Rate(burst=5, per_second=2), 0.0), 0.0, 0
    for pause in pauses:
        now += pause
        taken += bucket.take(now)
    assert taken <= 5 + 2 * now + 1e-6


def test_each_key_has_its_own_and_the_oldest_is_forgotten() -> None:
    buckets = Buckets(Rate(burst=1, per_second=0), keep=2)
    assert buckets.take("a", 0.0)
    assert not buckets.take("a", 0.0)
    assert buckets.take("b", 0.0)
    assert buckets.take("c", 0.0)
    assert len(buckets) == 2
    assert buckets.take("a", 0.0)
