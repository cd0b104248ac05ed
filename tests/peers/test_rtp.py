from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.peers import rtp, vp8
from tests.peers.description import AUDIO_EXTENSIONS, VIDEO_EXTENSIONS, Offer, Section, read_answer


@given(st.sets(st.integers(0, 0xFFFF), min_size=1, max_size=60))
def test_what_is_asked_for_is_what_the_other_side_reads(numbers: set[int]) -> None:
    ordered = sorted(numbers)
    (part,) = rtp.parts(rtp.nack(1, 2, ordered))
    assert (part.kind, part.form) == (rtp.RTPFB, rtp.NACK)
    assert list(rtp.nacked(part)) == ordered


@given(st.integers(1, 200_000_000))
def test_an_estimate_survives_with_18_bits_of_precision(bitrate: int) -> None:
    (part,) = rtp.parts(rtp.remb(1, bitrate, [5, 6]))
    packed = int.from_bytes(part.body[12:16], "big")
    assert packed >> 24 == 2
    value = (packed & 0x3FFFF) << (packed >> 18 & 0x3F)
    assert value <= bitrate
    assert bitrate - value <= bitrate / (1 << 17)


def test_header_extensions_are_found_again() -> None:
    template = rtp.header_template(payload_type=96, ssrc=7, extensions=VIDEO_EXTENSIONS, mid="12", rid="h")
    packet = memoryview(bytes(template.data) + b"payload")
    assert rtp.extension(packet, len(packet), VIDEO_EXTENSIONS[rtp.MID]) == b"12"
    assert rtp.extension(packet, len(packet), VIDEO_EXTENSIONS[rtp.RID]) == b"h"
    assert rtp.extension(packet, len(packet), VIDEO_EXTENSIONS[rtp.REPAIRED_RID]) is None
    assert bytes(packet[rtp.payload_start(packet, len(packet)) :]) == b"payload"


def test_a_template_knows_where_its_changing_values_lie() -> None:
    template = rtp.header_template(payload_type=111, ssrc=7, extensions=AUDIO_EXTENSIONS)
    template.data[template.audio_level] = 0x9E
    template.data[template.transport_sequence : template.transport_sequence + 2] = b"\x12\x34"
    packet = memoryview(template.data)
    assert rtp.extension(packet, len(packet), AUDIO_EXTENSIONS[rtp.AUDIO_LEVEL]) == b"\x9e"
    assert rtp.extension(packet, len(packet), AUDIO_EXTENSIONS[rtp.TRANSPORT_SEQUENCE]) == b"\x12\x34"


@given(st.integers(0, vp8.PICTURE_IDS - 1), st.booleans(), st.booleans())
def test_a_descriptor_reads_as_written(picture: int, begins: bool, key: bool) -> None:
    packet = memoryview(vp8.describe(begins=begins, picture_id=picture, tl0_index=3) + (b"\x00" if key else b"\x01"))
    assert vp8.read(packet, 0, len(packet)) == (begins, begins and key, picture, vp8.DESCRIPTOR_SIZE)


@given(st.binary(max_size=40))
def test_no_bytes_break_the_readers(data: bytes) -> None:
    list(rtp.parts(data))
    view = memoryview(data + bytes(12))
    rtp.extension(view, len(view), 3)
    vp8.read(view, rtp.payload_start(view, len(view)), len(view))


def test_an_offer_keeps_its_data_section_in_place_when_sections_are_added() -> None:
    offer = Offer("ufra", "password", "AA:BB", "cname", "6", 1)
    offer.sections += [Section(str(i), "audio" if i < 3 else "video") for i in range(6)]
    offer.sections.append(Section("7", "video", track="camera", stream="s", rids=("q", "h", "f")))
    text = offer.write()
    kinds = [line.split()[0] for line in text.splitlines() if line.startswith("m=")]
    assert kinds == ["m=audio"] * 3 + ["m=video"] * 3 + ["m=application", "m=video"]
    assert "a=group:BUNDLE 0 1 2 3 4 5 6 7\r\n" in text
    assert "a=simulcast:send q;h;f\r\n" in text


def test_an_answer_yields_address_formats_and_tracks() -> None:
    answer = read_answer(
        "v=0\r\na=fingerprint:sha-256 aa:bb\r\na=ice-ufrag:u\r\na=ice-pwd:p\r\n"
        "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=mid:3\r\na=sendonly\r\na=setup:passive\r\n"
        "a=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\na=msid:PA_1|TR_2 TR_2\r\n"
        "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\na=ssrc-group:FID 10 11\r\n"
        "a=ssrc:10 cname:x\r\na=ssrc:11 cname:x\r\n"
        "a=candidate:1 1 udp 5 10.0.0.1 7 typ host\r\na=candidate:2 1 UDP 9 127.0.0.1 8 typ host\r\n"
        "m=audio 0 UDP/TLS/RTP/SAVPF 0\r\na=mid:4\r\na=inactive\r\n"
    )
    video, audio = answer.sections
    assert answer.candidates == [("127.0.0.1", 8), ("10.0.0.1", 7)]
    assert (answer.fingerprint, answer.setup) == ("AA:BB", "passive")
    assert (video.track, video.repairs, video.repaired_by, video.ssrcs) == ("TR_2", {97: 96}, {10: 11}, {10, 11})
    assert not audio.accepted
