"""Which codec a section speaks: one for a publisher, the same one for everybody who subscribes. No transcoding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from signaling.media.interface import Codec, Kind

PUBLISHABLE = ("audio/opus", "video/VP8", "video/H264")
_PREFERENCE = {Kind.AUDIO: ("audio/opus",), Kind.VIDEO: ("video/vp8", "video/h264")}
_PROFILES = ("42e0", "4200", "4d00", "6400")  # constrained baseline is what every decoder has

Key = tuple[str, str]


def parameters(codec: Codec) -> Mapping[str, str]:
    pairs = (part.strip().partition("=") for part in codec.fmtp.split(";"))
    return {name.lower(): value.lower() for name, _, value in pairs if name}


def key(codec: Codec) -> Key:
    """Two codecs with the same key carry the same packets (RFC 6184 section 8.2.2: the level may differ)."""
    mime = codec.mime.lower()
    if mime != "video/h264":
        return mime, ""
    fmtp = parameters(codec)
    profile = fmtp.get("profile-level-id", "42e01f")[:4]
    # constraint_set1 (0x40 of the second byte) makes baseline constrained baseline
    constrained = profile[:2] == "42" and profile[2:3] in tuple("4567cdef")
    return mime, f"{'42e0' if constrained else profile}/{fmtp.get('packetization-mode', '0')}"


def choose(kind: Kind, codecs: Sequence[Codec], wished: str = "") -> Codec | None:
    """For a publisher. ``wished`` is the client's own choice ("vp8", "h264"); without it VP8 before H264."""
    order = list(_PREFERENCE[kind])
    wish = f"{kind.value}/{wished.lower().rpartition('/')[2]}"
    if wish in order:
        order.remove(wish)
        order.insert(0, wish)
    for mime in order:
        found = [codec for codec in codecs if codec.mime.lower() == mime]
        if found:
            return min(found, key=_rank)
    return None


def match(wanted: Key, codecs: Sequence[Codec]) -> Codec | None:
    """The subscriber's own payload type for a codec that is published."""
    return next((codec for codec in codecs if key(codec) == wanted), None)


def _rank(codec: Codec) -> tuple[int, int]:
    if codec.mime.lower() != "video/h264":
        return 0, 0
    _, _, rest = key(codec)[1].partition("/")
    profile = key(codec)[1][:4]
    return (0 if rest == "1" else 1), _PROFILES.index(profile) if profile in _PROFILES else len(_PROFILES)


def opus_parameters(codec: Codec, *, dtx: bool, stereo: bool) -> str:
    """The answer's fmtp for a microphone: what the publisher asked for in add_track."""
    found = dict(parameters(codec)) | {"useinbandfec": "1"}
    for name in ("usedtx", "stereo", "sprop-stereo"):
        found.pop(name, None)
    if dtx:
        found["usedtx"] = "1"
    if stereo:
        found |= {"stereo": "1", "sprop-stereo": "1"}
    return ";".join(f"{name}={value}" for name, value in found.items())
