"""One codec for a publisher, the same for all who subscribe."""

from __future__ import annotations

import pytest

from signaling import codecs
from signaling.media.interface import Codec, Kind

VP8 = Codec("video/VP8", 96, 90_000)
BASELINE = Codec("video/H264", 102, 90_000, fmtp="packetization-mode=1;profile-level-id=42001f")
CONSTRAINED = Codec(
    "video/H264", 106, 90_000, fmtp="level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"
)
SINGLE = Codec("video/H264", 108, 90_000, fmtp="packetization-mode=0;profile-level-id=42e01f")
HIGH = Codec("video/H264", 112, 90_000, fmtp="packetization-mode=1;profile-level-id=640c1f")
VP9 = Codec("video/VP9", 98, 90_000)
OPUS = Codec("audio/opus", 111, 48_000, 2, "minptime=10;useinbandfec=1;stereo=1")


def test_vp8_comes_before_h264_unless_the_client_wishes_otherwise() -> None:
    offered = [HIGH, CONSTRAINED, VP9, VP8]
    assert codecs.choose(Kind.VIDEO, offered) is VP8
    assert codecs.choose(Kind.VIDEO, offered, "h264") is CONSTRAINED
    assert codecs.choose(Kind.VIDEO, offered, "vp9") is VP8


def test_h264_that_every_decoder_has_is_preferred() -> None:
    assert codecs.choose(Kind.VIDEO, [HIGH, SINGLE, BASELINE, CONSTRAINED]) is CONSTRAINED
    assert codecs.choose(Kind.VIDEO, [HIGH, SINGLE]) is HIGH
    assert codecs.choose(Kind.VIDEO, [VP9]) is None


@pytest.mark.parametrize("level", ["0a", "1f", "34"])
def test_the_level_may_differ_but_not_the_profile_or_the_packetization(level: str) -> None:
    other = Codec("video/h264", 1, 90_000, fmtp=f"packetization-mode=1;profile-level-id=42e0{level}")
    assert codecs.match(codecs.key(CONSTRAINED), [SINGLE, HIGH, other]) is other
    assert codecs.match(codecs.key(CONSTRAINED), [SINGLE, HIGH, BASELINE, VP8]) is None


def test_opus_says_what_the_publisher_wants() -> None:
    assert codecs.opus_parameters(OPUS, dtx=True, stereo=False) == "minptime=10;useinbandfec=1;usedtx=1"
    stereo = codecs.opus_parameters(OPUS, dtx=False, stereo=True)
    assert "stereo=1;sprop-stereo=1" in stereo
    assert "usedtx" not in stereo
