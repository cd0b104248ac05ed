from __future__ import annotations

from signaling.media.dynacast import SHRINK_SECONDS, Dynacast
from signaling.media.interface import Quality

ALL = (Quality.LOW, Quality.MEDIUM, Quality.HIGH)


def test_a_layer_is_wanted_at_once_and_unwanted_after_a_while() -> None:
    dynacast = Dynacast(0.0)
    assert not dynacast.update(Quality.LOW, 1.0)
    assert dynacast.update(Quality.LOW, SHRINK_SECONDS)
    assert dynacast.wanted(ALL) == {Quality.LOW: True, Quality.MEDIUM: False, Quality.HIGH: False}
    assert dynacast.update(Quality.MEDIUM, 6.0)
    assert dynacast.wanted(ALL) == {Quality.LOW: True, Quality.MEDIUM: True, Quality.HIGH: False}


def test_looking_away_and_back_changes_nothing() -> None:
    dynacast = Dynacast(0.0)
    dynacast.update(Quality.HIGH, 100.0)
    assert not dynacast.update(None, 200.0)
    assert not dynacast.update(Quality.HIGH, 204.0)
    assert not dynacast.update(None, 300.0)
    assert not dynacast.update(None, 304.9)
    assert dynacast.update(None, 305.0)
    assert not any(dynacast.wanted(ALL).values())


def test_nobody_watching_from_the_start_switches_everything_off() -> None:
    dynacast = Dynacast(0.0)
    assert not dynacast.update(None, 4.9)
    assert dynacast.update(None, 5.0)
