"""Answers: the text a client is given, whole, and the rules it must keep."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling import answer
from signaling.answer import Answered, Server, Source, Use
from signaling.sdp import Scanner
from tests.signaling import offers
from tests.signaling.offers import Media
from tests.signaling.test_sdp import golden

SERVER = Server("serverufrag", "serverpassword", ":".join(["AB"] * 32), ("1 1 udp 1 127.0.0.1 7882 typ host",))
SOURCE = Source(1111, 2222, "cname")


def write(plan: list[Answered], source: Source | None = SOURCE) -> str:
    return answer.write(plan, SERVER, lambda _: source, session_id=1, version=2)


def test_the_whole_answer_is_as_it_was_when_chromium_accepted_it() -> None:
    sections = Scanner().scan(golden("chromium-publish")).sections
    plan = []
    for section in sections:
        if section.kind is None:
            plan.append(Answered(section, Use.DATA))
        elif section.sends:
            plan.append(Answered(section, Use.RECEIVED, section.codecs[0]))
        elif section.mid in ("0", "3"):
            plan.append(Answered(section, Use.SENT, section.codecs[0], stream="PA_x|camera", track="TR_" + section.mid))
        else:
            plan.append(Answered(section, Use.OFF, section.codecs[0]))
    expected = Path(__file__).parent / "golden" / "answer.txt"
    assert write(plan) == expected.read_bytes().decode()


def test_only_the_first_section_bears_candidates() -> None:
    sections = Scanner().scan(offers.write([Media("audio", "0"), Media("video", "1")])).sections
    text = write([Answered(s, Use.OFF, s.codecs[0]) for s in sections if s.kind])
    assert text.count("a=candidate:") == 1
    assert text.index("a=candidate:") < text.index("m=video")


def test_the_old_form_of_data_channels_is_answered_in_kind() -> None:
    text = offers.write([Media("audio", "0")])
    text = text.replace("UDP/DTLS/SCTP webrtc-datachannel", "DTLS/SCTP 5000")
    sections = Scanner().scan(text).sections
    written = write([Answered(sections[0], Use.OFF, sections[0].codecs[0]), Answered(sections[1], Use.DATA)])
    assert "m=application 9 DTLS/SCTP 5000" in written
    assert "a=sctpmap:5000 webrtc-datachannel" in written


def test_an_accepted_section_without_a_codec_is_a_bug() -> None:
    section = Scanner().scan(offers.write([Media("audio", "0")])).sections[0]
    with pytest.raises(ValueError, match="codec"):
        write([Answered(section, Use.OFF)])


def test_a_refused_section_is_outside_the_bundle() -> None:
    sections = Scanner().scan(offers.write([Media("audio", "0"), Media("video", "1")])).sections
    text = write([Answered(sections[0], Use.REJECTED), Answered(sections[1], Use.OFF, sections[1].codecs[0])])
    assert "a=group:BUNDLE 1\r\n" in text
    assert "m=audio 0 " in text


def test_without_a_repair_stream_no_rtx_is_promised() -> None:
    section = Scanner().scan(offers.write([Media("video", "0")])).sections[0]
    sent = Answered(section, Use.SENT, section.codecs[0], stream="PA|s", track="TR_1")
    assert "rtx" in write([sent])
    assert "rtx" not in write([sent], Source(1111, None, "cname"))


@given(
    st.lists(
        st.tuples(st.sampled_from(["audio", "video"]), st.sampled_from(["sendonly", "recvonly"]), st.booleans()),
        min_size=1,
        max_size=12,
    )
)
def test_answers_mirror_the_offer(shape: list[tuple[str, str, bool]]) -> None:
    media = [Media(kind, str(n), direction, track=f"t{n}") for n, (kind, direction, _) in enumerate(shape)]
    sections = Scanner().scan(offers.write(media)).sections
    plan = []
    for section, (_, direction, used) in zip(sections, shape, strict=False):
        use = Use.OFF if not used else Use.RECEIVED if direction == "sendonly" else Use.SENT
        plan.append(Answered(section, use, section.codecs[0], stream="PA|s", track=f"TR_{section.mid}"))
    plan.append(Answered(sections[-1], Use.DATA))
    text = write(plan)
    read = Scanner().scan(text).sections
    assert [s.mid for s in read] == [s.mid for s in sections]
    assert [s.kind for s in read] == [s.kind for s in sections]
    assert all(line.isprintable() for line in text.split("\r\n"))
    for offered, answered in zip(sections, read, strict=True):
        assert set(answered.extensions.items()) <= set(offered.extensions.items())
        assert not (answered.sends and offered.sends)
        assert {c.payload_type for c in answered.codecs} <= {c.payload_type for c in offered.codecs}
