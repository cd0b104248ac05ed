from __future__ import annotations

import struct

from aiortc.rtp import (
    RtcpPacket,
    RtcpPsfbPacket,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    RtcpSdesPacket,
    RtcpSrPacket,
    pack_remb_fci,
)
from hypothesis import given
from hypothesis import strategies as st

from signaling.media import rtcp

SSRCS = st.integers(1, 0xFFFFFFFF)


@given(SSRCS, st.integers(0, (1 << 64) - 1), SSRCS, st.integers(0, 0xFFFFFFFF))
def test_a_sender_report_is_what_another_implementation_reads(ssrc: int, ntp: int, stamp: int, count: int) -> None:
    report = rtcp.SenderReport(ssrc, ntp, stamp, count, count)
    (read,) = RtcpPacket.parse(rtcp.sender_report(report))
    assert isinstance(read, RtcpSrPacket)
    assert (read.ssrc, read.sender_info.ntp_timestamp, read.sender_info.rtp_timestamp) == (ssrc, ntp, stamp)
    assert rtcp.parse(bytes(read)) == [report, rtcp.Reports(())]


@given(st.lists(st.tuples(SSRCS, st.integers(0, 255), st.integers(-0x800000, 0x7FFFFF)), min_size=1, max_size=70))
def test_receiver_reports_hold_31_blocks_each(blocks: list[tuple[int, int, int]]) -> None:
    made = [rtcp.Block(ssrc, part / 256, lost, 9, 8, 7, 6) for ssrc, part, lost in blocks]
    packets = rtcp.receiver_report(5, made)
    assert len(packets) == -(-len(made) // 31)
    read = [r for packet in packets for r in RtcpPacket.parse(packet)]
    assert all(isinstance(packet, RtcpRrPacket) for packet in read)
    again = [message for packet in packets for message in rtcp.parse(packet)]
    assert [block for reports in again if isinstance(reports, rtcp.Reports) for block in reports.blocks] == made


@given(st.sets(st.integers(0, 0xFFFF), min_size=1, max_size=40))
def test_a_nack_names_exactly_what_is_missing(numbers: set[int]) -> None:
    packet = rtcp.nack(1, 2, sorted(numbers))
    (read,) = RtcpPacket.parse(packet)
    assert isinstance(read, RtcpRtpfbPacket)
    assert set(read.lost) == numbers
    (message,) = rtcp.parse(packet)
    assert isinstance(message, rtcp.Nack)
    assert message.media == 2
    assert set(message.numbers) == numbers


def test_key_frame_requests_of_both_kinds_are_read() -> None:
    (pli,) = RtcpPacket.parse(rtcp.picture_loss(1, 2))
    assert isinstance(pli, RtcpPsfbPacket)
    assert (pli.fmt, pli.media_ssrc) == (1, 2)
    assert rtcp.parse(rtcp.picture_loss(1, 2)) == [rtcp.KeyframeRequest(2)]
    assert rtcp.parse(rtcp.full_intra_request(1, 3, 300)) == [rtcp.KeyframeRequest(3)]


@given(st.integers(1, (1 << 40) - 1))
def test_remb_is_read_to_18_bits(bitrate: int) -> None:
    fci = pack_remb_fci(bitrate, [1, 2])
    packet = bytes(RtcpPsfbPacket(fmt=15, ssrc=1, media_ssrc=0, fci=fci))
    (message,) = rtcp.parse(packet)
    assert isinstance(message, rtcp.Remb)
    assert abs(message.bitrate - bitrate) <= bitrate / (1 << 17)


@given(st.text(max_size=40))
def test_a_source_description_is_what_another_implementation_reads(cname: str) -> None:
    (read,) = RtcpPacket.parse(rtcp.source_description(9, cname))
    assert isinstance(read, RtcpSdesPacket)
    assert read.chunks[0].ssrc == 9
    assert read.chunks[0].items[0] == (1, cname.encode()[:255])


def test_compounds_are_read_to_the_first_packet_that_does_not_fit() -> None:
    good = rtcp.picture_loss(1, 2)
    bye = struct.pack("!BBHI", 0x81, 203, 1, 77)
    unknown = struct.pack("!BBHI", 0x80, 207, 1, 0)
    assert rtcp.parse(bye + unknown + good) == [rtcp.Bye((77,)), rtcp.KeyframeRequest(2)]
    assert rtcp.parse(good + good[:-1]) == [rtcp.KeyframeRequest(2)]
    assert rtcp.parse(b"\x01" + good[1:]) == []


def test_padding_is_taken_off_and_impossible_padding_is_not_read() -> None:
    padded = b"\xa1" + rtcp.picture_loss(1, 2)[1:2] + struct.pack("!HII", 3, 1, 2) + b"\0\0\0\x04"
    assert rtcp.parse(padded) == [rtcp.KeyframeRequest(2)]
    assert rtcp.parse(padded[:-1] + b"\x00") == []
    assert rtcp.parse(padded[:-1] + b"\x20") == []
    assert rtcp.parse(struct.pack("!BBH", 0xA1, 206, 0)) == []


def test_shortened_packets_say_nothing() -> None:
    for kind, size in ((200, 20), (201, 0), (203, 0), (205, 4), (206, 4)):
        packet = struct.pack("!BBH", 0x81, kind, size // 4) + bytes(size)
        assert rtcp.parse(packet) == []
    application = struct.pack("!BBHII", 0x8F, 206, 3, 1, 2) + b"REMB"
    assert rtcp.parse(application) == []
    assert rtcp.parse(struct.pack("!BBHII", 0x83, 205, 2, 1, 2)) == []


@given(st.binary(max_size=120))
def test_noise_is_read_without_trouble(noise: bytes) -> None:
    rtcp.parse(noise)
    rtcp.parse(b"\x81\xcd\x00\x1c" + noise)


def test_ntp_time_begins_in_1900() -> None:
    assert rtcp.ntp(0.5) == (2_208_988_800 << 32) + (1 << 31)
