from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.media.congestion import AGAIN, FLOOR, HOLD, MAX_HOLD, MODEST, TRIAL, Downstream


def heard(line: Downstream, bitrate: float, *, sending: float, now: float) -> bool:
    """A report about a line that has been sent the same for a while."""
    return line.remb(bitrate, sending=sending, steady=sending, least=0, now=now)


def limited(now: float = 100.0) -> Downstream:
    """Has just fallen to 600 kbit/s."""
    line = Downstream()
    heard(line, 1_000_000, sending=900_000, now=now - 1)
    assert heard(line, 600_000, sending=900_000, now=now)
    return line


def test_a_low_estimate_alone_limits_nothing() -> None:
    line = Downstream()
    assert not heard(line, 300_000, sending=1_700_000, now=1.0)
    assert not heard(line, 330_000, sending=1_700_000, now=2.0)
    assert line.limit is None
    assert line.estimate == 330_000


def test_a_fall_below_what_is_sent_limits_at_once() -> None:
    assert limited().limit == 600_000


def test_a_fall_above_what_is_sent_limits_nothing() -> None:
    line = Downstream()
    heard(line, 5_000_000, sending=900_000, now=1.0)
    assert not heard(line, 3_000_000, sending=900_000, now=2.0)


def test_an_estimate_that_does_not_rise_while_we_send_more_limits() -> None:
    line = Downstream()
    assert not heard(line, 500_000, sending=900_000, now=1.0)
    assert not heard(line, 500_000, sending=900_000, now=3.0)
    assert heard(line, 500_000, sending=900_000, now=5.5)
    assert line.limit == 500_000


def test_a_first_fall_leaves_every_picture_its_lowest_layer() -> None:
    line = Downstream()
    heard(line, 900_000, sending=900_000, now=1.0)
    assert line.remb(60_000, sending=900_000, steady=900_000, least=350_000, now=2.0)
    assert line.limit == 350_000
    assert line.remb(50_000, sending=300_000, steady=300_000, least=350_000, now=2.0 + AGAIN / 2)
    assert line.limit == MODEST
    assert line.remb(40_000, sending=200_000, steady=200_000, least=350_000, now=2.0 + AGAIN)
    assert line.limit == pytest.approx(140_000)


def test_a_fall_long_after_the_last_is_a_first_one_again() -> None:
    line = limited()
    assert line.remb(100_000, sending=590_000, steady=590_000, least=350_000, now=100.0 + AGAIN)
    assert line.limit == 350_000


def test_a_fall_to_what_the_publisher_sent_limits_nothing() -> None:
    """It resumed its page and stood still for a second: 31 of 36 kbit/s, where 108 were measured before."""
    line = Downstream()
    heard(line, 492_000, sending=430_000, now=1.0)
    assert not line.remb(31_000, sending=108_000, steady=36_000, least=0, now=3.0)
    assert not line.remb(33_000, sending=430_000, steady=36_000, least=0, now=4.0)
    assert line.limit is None
    assert line.remb(31_000, sending=430_000, steady=430_000, least=0, now=6.0)


def test_a_flat_estimate_from_before_a_stream_began_does_not_count_against_it() -> None:
    line = Downstream()
    for second in range(10):
        assert not line.remb(300_000, sending=200_000, steady=200_000, least=0, now=float(second))
    assert not line.remb(300_000, sending=900_000, steady=200_000, least=0, now=10.0)
    assert not line.remb(325_000, sending=900_000, steady=900_000, least=0, now=12.0)
    assert not line.remb(325_000, sending=900_000, steady=900_000, least=0, now=15.0)
    assert line.remb(325_000, sending=900_000, steady=900_000, least=0, now=16.5)


def test_a_trial_is_not_judged_by_an_estimate_of_before() -> None:
    """While a picture is paused nothing arrives, and the receiver's estimate stands still."""
    line = Downstream()
    heard(line, 450_000, sending=430_000, now=100.0)
    assert line.remb(52_000, sending=160_000, steady=160_000, least=112_000, now=101.0)
    assert line.limit == 112_000
    assert line.may_try(101.0 + HOLD)
    line.tried(159_000, 101.0 + HOLD)
    assert not line.remb(52_000, sending=134_000, steady=0, least=0, now=101.1 + HOLD)
    for second in range(1, 10):
        line.remb(52_000 * 1.08**second, sending=134_000, steady=134_000, least=0, now=101.0 + HOLD + second)
    assert line.limit == 159_000
    assert line.may_try(101.0 + HOLD + TRIAL)


def test_the_queue_of_before_is_not_punished_twice() -> None:
    line = limited()
    assert not heard(line, 300_000, sending=900_000, now=100.5)
    assert line.limit == 600_000
    assert heard(line, 280_000, sending=500_000, now=101.5)
    assert line.limit == 280_000


def test_a_rising_estimate_lifts_the_limit() -> None:
    line = limited()
    heard(line, 800_000, sending=500_000, now=110.0)
    assert line.limit == 800_000


def test_loss_limits_when_it_lasts() -> None:
    line = Downstream()
    assert not line.loss(0.3, sending=1_000_000, now=1.0)
    assert not line.loss(0.02, sending=1_000_000, now=2.0)
    assert not line.loss(0.3, sending=1_000_000, now=3.0)
    assert line.loss(0.2, sending=1_000_000, now=4.0)
    assert line.limit == 800_000
    assert line.recent_loss == 0.2


def test_the_next_step_is_tried_after_a_hold_and_a_failure_doubles_it() -> None:
    line = limited()
    assert not line.may_try(100.0 + HOLD - 0.1)
    assert line.may_try(100.0 + HOLD)
    line.tried(1_700_000, 100.0 + HOLD)
    assert not line.may_try(109.0)
    assert heard(line, 500_000, sending=1_500_000, now=110.0)
    assert line.limit == 600_000  # where it was good before
    assert not line.may_try(110.0 + 2 * HOLD - 0.1)
    assert line.may_try(110.0 + 2 * HOLD)


def test_a_trial_survived_restores_the_hold() -> None:
    line = limited()
    line.tried(800_000, 108.0)
    heard(line, 500_000, sending=790_000, now=109.0)
    line.tried(800_000, 126.0)
    assert line.may_try(126.0 + TRIAL)
    line.tried(None, 140.0)
    assert not line.may_try(200.0)
    heard(line, 300_000, sending=790_000, now=200.0)
    assert line.limit == 300_000
    assert line.may_try(200.0 + HOLD)


def test_the_hold_has_an_end() -> None:
    line = limited()
    now = 100.0
    for _ in range(10):
        now += MAX_HOLD
        assert line.may_try(now)
        line.tried(10_000_000, now)
        now += 2.0
        heard(line, 900_000, sending=2_000_000, now=now - 1)
        heard(line, 500_000, sending=2_000_000, now=now)


@given(st.lists(st.tuples(st.floats(0, 5e6), st.floats(0, 5e6), st.floats(0.01, 5)), max_size=40))
def test_no_report_limits_to_nothing(reports: list[tuple[float, float, float]]) -> None:
    line, now = Downstream(), 0.0
    for bitrate, sending, later in reports:
        now += later
        heard(line, bitrate, sending=sending, now=now)
        line.loss(bitrate / 5e6, sending=sending, now=now)
        assert line.limit is None or line.limit >= FLOOR
        if line.may_try(now):
            line.tried(line.limit, now)
