from __future__ import annotations

import pytest

from signaling.media.reception import Reception
from signaling.media.rtcp import SenderReport


def received(numbers: list[int]) -> Reception:
    reception = Reception(7, 90_000)
    for number in numbers:
        reception.packet(number, number * 3000, number / 30)
    return reception


def test_nothing_is_reported_before_the_first_packet() -> None:
    reception = Reception(7, 90_000)
    assert reception.block(1.0) is None
    assert reception.lost == 0


def test_loss_is_counted_since_the_beginning_and_since_the_last_report() -> None:
    reception = received([100, 101, 103, 104])
    block = reception.block(1.0)
    assert block is not None
    assert (block.lost, block.highest) == (1, 104)
    assert block.fraction == pytest.approx(0.2)
    assert block.jitter == 0
    block = reception.block(2.0)
    assert block is not None
    assert (block.lost, block.fraction) == (1, 0.0)


def test_a_late_packet_is_no_loss() -> None:
    reception = received([100, 102, 101])
    assert reception.lost == 0


def test_uneven_arrival_is_jitter_and_a_restarted_timestamp_is_not() -> None:
    reception = Reception(7, 90_000)
    reception.packet(1, 0, 0.0)
    reception.packet(2, 3000, 0.1)
    assert reception.jitter == pytest.approx((9000 - 3000) / 16)
    before = reception.jitter
    reception.packet(3, 4_000_000_000, 0.2)
    assert reception.jitter == before


def test_the_senders_report_is_acknowledged_with_its_age() -> None:
    reception = received([1])
    reception.sender_report(SenderReport(7, 0x0001_0002_0003_0004, 0, 0, 0), 10.0)
    block = reception.block(10.5)
    assert block is not None
    assert (block.last_sr, block.delay) == (0x0002_0003, 32768)
