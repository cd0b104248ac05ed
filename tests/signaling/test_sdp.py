"""Reading offers: real captures, small variations, and anything at all."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling import codecs
from signaling.media.interface import Kind
from signaling.sdp import MAX_SECTIONS, MAX_SIZE, MalformedSdp, Scanner
from tests.signaling import offers
from tests.signaling.offers import Media

GOLDEN = Path(__file__).parent / "golden"
CAPTURES = sorted(GOLDEN.glob("*.sdp"))


def golden(name: str) -> str:
    return (GOLDEN / f"{name}.sdp").read_bytes().decode()


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.stem)
def test_every_captured_offer_is_read(path: Path) -> None:
    offer = Scanner().scan(path.read_bytes().decode())
    assert offer.transport.ufrag == "ufrg"
    assert offer.transport.fingerprints == (("sha-256", ":".join(["0F"] * 32)),)
    assert [s.kind for s in offer.sections[:7]] == [Kind.AUDIO] * 3 + [Kind.VIDEO] * 3 + [None]


def test_chromiums_camera_is_read_with_its_layers() -> None:
    camera = Scanner().scan(golden("chromium-publish")).sections[7]
    assert (camera.sends, camera.receives) == (True, False)
    assert camera.rids == ("q", "h", "f")
    assert camera.codecs[0].mime == "video/VP8"
    assert camera.codecs[0].rtx_payload_type == 97
    assert camera.extensions["urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"] == 10
    assert "nack pli" in camera.feedback(96)
    assert camera.track_id == "0b555952-2d79-49d2-b34e-c1b9b4423012"


def test_the_microphones_ssrc_is_read() -> None:
    microphone = Scanner().scan(golden("chromium-publish")).sections[8]
    assert microphone.ssrcs == (1583090371,)
    assert microphone.codecs[0].mime == "audio/opus"
    assert microphone.codecs[0].channels == 2


def test_sections_that_did_not_change_are_not_read_again() -> None:
    scanner = Scanner()
    first = scanner.scan(golden("chromium-publish"))
    second = scanner.scan(golden("chromium-publish"))
    assert all(a is b for a, b in zip(first.sections, second.sections, strict=True))


def test_a_change_of_session_level_credentials_is_noticed() -> None:
    text = offers.write([Media("audio", "0")], data=False)
    for line in ("a=ice-ufrag:abcd\r\n", "a=ice-pwd:passwordpasswordpassword\r\n"):
        text = text.replace(line, "")
    head = "a=ice-ufrag:{}\r\na=ice-pwd:passwordpasswordpassword\r\na=group"
    scanner = Scanner()
    assert scanner.scan(text.replace("a=group", head.format("one1"))).transport.ufrag == "one1"
    assert scanner.scan(text.replace("a=group", head.format("two2"))).transport.ufrag == "two2"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("v=0", "v=9"),
        ("a=mid:1", "a=mid:0"),
        ("a=mid:1", "a=mid:a/very/long/name/that/does/not/fit"),
        ("a=ice-pwd:passwordpasswordpassword", "a=ice-pwd:pass word"),
        ("a=setup:actpass", "a=setup:holdconn"),
        ("0F:0F:0F:0F", "0F:XX:0F:0F"),
        ("m=audio 9", "m=audio nine"),
        ("a=rtpmap:111 opus/48000", "a=rtpmap:111 opus/forty"),
        ("111 63", "999 63"),
        ("a=extmap:1 ", "a=extmap:one "),
    ],
)
def test_what_cannot_be_used_is_refused(old: str, new: str) -> None:
    text = offers.write([Media("audio", "0"), Media("audio", "1")])
    changed = text.replace(old, new)
    if old == "111 63":
        changed = changed.replace("a=rtpmap:111", "a=rtpmap:999")
    assert changed != text
    with pytest.raises(MalformedSdp):
        Scanner().scan(changed)


def test_size_and_number_of_sections_are_bounded() -> None:
    with pytest.raises(MalformedSdp):
        Scanner().scan("v=0\r\n" + "a" * MAX_SIZE)
    with pytest.raises(MalformedSdp):
        Scanner().scan(offers.write([Media("audio", str(n)) for n in range(MAX_SECTIONS + 1)]))


def test_sections_without_any_transport_are_refused() -> None:
    text = offers.write([Media("audio", "0")]).replace("a=ice-ufrag:abcd\r\n", "")
    with pytest.raises(MalformedSdp, match="malformed"):
        Scanner().scan(text)
    with pytest.raises(MalformedSdp):
        Scanner().scan(offers.write([Media("audio", "0")]).replace("a=mid:0", "a=mid:0\r\na=" + "x" * 50_000))


def test_layers_come_in_the_order_of_the_simulcast_line() -> None:
    text = offers.write([Media("video", "0", "sendonly", "c", ("q", "h", "f"))])
    section = Scanner().scan(text.replace("send q;h;f", "recv a send f;~h,q")).sections[0]
    assert section.rids == ("f", "h", "q")
    with pytest.raises(MalformedSdp):
        Scanner().scan(
            text.replace("a=rid:q send", "a=rid:" + "q" * 40 + " send").replace("send q;", "send " + "q" * 40 + ";")
        )


def test_the_old_form_of_msid_is_read() -> None:
    text = offers.write([Media("audio", "0", "sendonly")]).replace("a=mid:0", "a=mid:0\r\na=ssrc:7 msid:s track-1")
    assert Scanner().scan(text).sections[0].track_id == "track-1"


def test_rtx_ssrcs_are_not_taken_for_media() -> None:
    lines = "a=mid:0\r\na=ssrc-group:FID 10 20\r\na=ssrc:10 cname:x\r\na=ssrc:20 cname:x"
    section = Scanner().scan(offers.write([Media("video", "0", "sendonly")]).replace("a=mid:0", lines)).sections[0]
    assert section.ssrcs == (10,)
    assert section.rtx_ssrcs == {10: 20}


@given(st.text(max_size=2000))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(MalformedSdp):
        Scanner().scan(text)


@given(st.data())
def test_a_damaged_offer_is_read_or_refused(data: st.DataObject) -> None:
    text = golden("chromium-publish")
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 400)))
    damaged = text[:start] + data.draw(st.text(max_size=40)) + text[end:]
    try:
        offer = Scanner().scan(damaged)
    except MalformedSdp:
        return
    for section in offer.sections:
        assert all(0 <= codec.payload_type < 128 for codec in section.codecs)
        assert len(section.mid) <= 16
        assert all(codecs.key(codec) for codec in section.codecs)
        assert "\n" not in section.mid
