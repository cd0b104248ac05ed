from __future__ import annotations

from signaling.media.speakers import AudioLevel


def heard(levels: list[int], now: float = 1.0) -> float:
    level = AudioLevel()
    for index, value in enumerate(levels):
        level.note(bytes((0x80 | value,)), 0.7 + index * 0.02)
    return level.value(now)


def test_speech_is_heard_and_louder_is_more() -> None:
    assert 0 < heard([35] * 10) < heard([20] * 10) <= 1.0


def test_silence_and_background_are_not() -> None:
    assert heard([127] * 10) == 0.0
    assert heard([50] * 10) == 0.0
    assert AudioLevel().value(1.0) == 0.0


def test_one_loud_packet_is_no_speaker() -> None:
    assert heard([127] * 9 + [10]) == 0.0


def test_what_was_said_long_ago_does_not_count() -> None:
    assert heard([20] * 10, now=9.0) == 0.0
