"""Writes the answer to a client's offer: every section received, sent, switched off, refused, or data channels.

ICE-lite, one bundle, rtcp-mux, DTLS server unless the client insists on that role (RFC 8829, 8839, 8842, 8843).
Candidates ride in the answer: no trickle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from signaling.media.interface import Codec, Kind
from signaling.sdp import Section

MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RID = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
ABS_SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
TRANSPORT_CC = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"

# No video-orientation on the way in: the sender then turns the picture itself and every receiver shows it upright.
UPLINK = {
    Kind.AUDIO: (MID, AUDIO_LEVEL, TRANSPORT_CC),
    Kind.VIDEO: (MID, RID, REPAIRED_RID, TRANSPORT_CC),
}
# abs-send-time and REMB on the way out: a transport-wide number would make every receiver's packets differ.
DOWNLINK = (MID, ABS_SEND_TIME)
# Agreed to in every section, used or not: libwebrtc offers later sections only what earlier ones agreed to, and drops
# what is redundant (abs-send-time beside transport-cc) by itself.
AGREED = {kind: (*uplink, ABS_SEND_TIME) for kind, uplink in UPLINK.items()}
UPLINK_FEEDBACK = {
    Kind.AUDIO: ("transport-cc", "nack"),
    Kind.VIDEO: ("transport-cc", "ccm fir", "nack", "nack pli"),
}
DOWNLINK_FEEDBACK = {
    Kind.AUDIO: ("nack",),
    Kind.VIDEO: ("goog-remb", "ccm fir", "nack", "nack pli"),
}
MAX_MESSAGE = 262_144


class Use(Enum):
    REJECTED = "rejected"
    DATA = "data"
    OFF = "inactive"
    RECEIVED = "recvonly"
    SENT = "sendonly"


@dataclass(frozen=True, slots=True)
class Answered:
    """What becomes of one section. ``stream`` and ``track`` are the ids a subscriber sees."""

    section: Section
    use: Use
    codec: Codec | None = None
    stream: str = ""
    track: str = ""
    parameters: str = ""  # fmtp, where it differs from the offered one


@dataclass(frozen=True, slots=True)
class Source:
    """SSRCs of a track on its way to subscribers."""

    ssrc: int
    rtx_ssrc: int | None
    cname: str


@dataclass(frozen=True, slots=True)
class Server:
    ufrag: str
    password: str
    fingerprint: str
    candidates: Sequence[str] = field(default=())
    setup: str = "passive"


def pick(extensions: Mapping[str, int], wanted: Iterable[str]) -> dict[str, int]:
    return {uri: extensions[uri] for uri in wanted if uri in extensions}


def write(
    plan: Sequence[Answered],
    server: Server,
    source_of: Callable[[str], Source | None],
    *,
    session_id: int,
    version: int,
) -> str:
    bundle = " ".join(a.section.mid for a in plan if a.use is not Use.REJECTED)
    lines = [
        "v=0",
        f"o=- {session_id} {version} IN IP4 0.0.0.0",
        "s=-",
        "t=0 0",
        f"a=group:BUNDLE {bundle}",
        "a=msid-semantic: WMS *",
        "a=ice-lite",
        "a=extmap-allow-mixed",
    ]
    transport = [
        "c=IN IP4 0.0.0.0",
        f"a=ice-ufrag:{server.ufrag}",
        f"a=ice-pwd:{server.password}",
        f"a=fingerprint:sha-256 {server.fingerprint}",
        f"a=setup:{server.setup}",
    ]
    candidates = [f"a=candidate:{c}" for c in server.candidates] + ["a=end-of-candidates"]
    for answered in plan:
        if answered.use is Use.REJECTED:
            section = answered.section
            media = section.kind.value if section.kind else "application"
            lines += [f"m={media} 0 {section.protocol} {section.formats}", "c=IN IP4 0.0.0.0", f"a=mid:{section.mid}"]
            lines.append("a=inactive")
            continue
        lines += _media(answered, transport, source_of)
        lines += candidates
        candidates = []
    return "\r\n".join(lines) + "\r\n"


def _media(answered: Answered, transport: list[str], source_of: Callable[[str], Source | None]) -> list[str]:
    section = answered.section
    if section.kind is None:
        # the client's own form of the section (RFC 8841); the older one names the port as format
        lines = [f"m=application 9 {section.protocol} {section.formats}", *transport, f"a=mid:{section.mid}"]
        if section.formats == "webrtc-datachannel":
            return [*lines, "a=sctp-port:5000", f"a=max-message-size:{MAX_MESSAGE}"]
        return [*lines, f"a=sctpmap:{section.formats} webrtc-datachannel 65535"]
    codec = answered.codec
    if codec is None:
        raise ValueError("an accepted section has a codec")
    source = source_of(answered.track) if answered.use is Use.SENT else None
    repaired = answered.use is Use.RECEIVED or (source is not None and source.rtx_ssrc is not None)
    with_rtx = repaired and codec.rtx_payload_type is not None
    formats = f"{codec.payload_type} {codec.rtx_payload_type}" if with_rtx else f"{codec.payload_type}"
    lines = [f"m={section.kind.value} 9 {section.protocol} {formats}", *transport, f"a=mid:{section.mid}"]
    agreed = pick(section.extensions, AGREED[section.kind])
    lines += [f"a=extmap:{number} {uri}" for uri, number in agreed.items()]
    lines.append(f"a={answered.use.value}")
    if answered.use is Use.SENT:
        lines.append(f"a=msid:{answered.stream} {answered.track}")
    lines += ["a=rtcp-mux", "a=rtcp-rsize"]
    lines += _format(codec, answered, section)
    if with_rtx:
        lines += [
            f"a=rtpmap:{codec.rtx_payload_type} rtx/{codec.clock_rate}",
            f"a=fmtp:{codec.rtx_payload_type} apt={codec.payload_type}",
        ]
    if answered.use is Use.RECEIVED and section.rids:
        lines += [f"a=rid:{rid} recv" for rid in section.rids]
        lines.append("a=simulcast:recv " + ";".join(section.rids))
    if source is not None:
        lines += _sources(source, answered, with_rtx)
    return lines


def _format(codec: Codec, answered: Answered, section: Section) -> list[str]:
    assert section.kind is not None
    name = codec.mime.partition("/")[2]
    channels = f"/{codec.channels}" if codec.channels > 1 else ""
    lines = [f"a=rtpmap:{codec.payload_type} {name}/{codec.clock_rate}{channels}"]
    parameters = answered.parameters or codec.fmtp
    if parameters:
        lines.append(f"a=fmtp:{codec.payload_type} {parameters}")
    possible = UPLINK_FEEDBACK if answered.use is Use.RECEIVED else DOWNLINK_FEEDBACK
    offered = section.feedback(codec.payload_type)
    lines += [f"a=rtcp-fb:{codec.payload_type} {name}" for name in possible[section.kind] if name in offered]
    return lines


def _sources(source: Source, answered: Answered, with_rtx: bool) -> list[str]:
    lines = []
    ssrcs = [source.ssrc]
    if with_rtx and source.rtx_ssrc is not None:
        lines.append(f"a=ssrc-group:FID {source.ssrc} {source.rtx_ssrc}")
        ssrcs.append(source.rtx_ssrc)
    for ssrc in ssrcs:
        lines.append(f"a=ssrc:{ssrc} cname:{source.cname}")
        lines.append(f"a=ssrc:{ssrc} msid:{answered.stream} {answered.track}")
    return lines
