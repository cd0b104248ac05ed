"""A small writer of offers that look like livekit-client's, for tests of rules: real captures lie in golden/."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

EXTENSIONS = (
    "urn:ietf:params:rtp-hdrext:sdes:mid",
    "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
    "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
    "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
)
AUDIO = ("111 63", ["111 opus/48000/2", "63 red/48000/2"], ["111 minptime=10;useinbandfec=1", "63 111/111"])
VP8 = (["96 VP8/90000", "97 rtx/90000"], ["97 apt=96"])
H264 = (
    ["102 H264/90000", "103 rtx/90000"],
    ["102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f", "103 apt=102"],
)


@dataclass
class Media:
    """One section of a client's offer."""

    kind: str
    mid: str
    direction: str = "recvonly"
    track: str = ""
    rids: Sequence[str] = ()
    codecs: Sequence[str] = ("vp8", "h264")
    port: int = 9


def write(sections: Sequence[Media], *, ufrag: str = "abcd", data: bool = True, version: int = 2) -> str:
    mids = " ".join(s.mid for s in sections)
    lines = ["v=0", f"o=- 1 {version} IN IP4 127.0.0.1", "s=-", "t=0 0", f"a=group:BUNDLE {mids}"]
    transport = [
        "c=IN IP4 0.0.0.0",
        f"a=ice-ufrag:{ufrag}",
        "a=ice-pwd:passwordpasswordpassword",
        "a=fingerprint:sha-256 " + ":".join(["0F"] * 32),
        "a=setup:actpass",
    ]
    for section in sections:
        lines += _section(section, transport)
    if data:
        lines += ["m=application 9 UDP/DTLS/SCTP webrtc-datachannel", *transport, "a=mid:data", "a=sctp-port:5000"]
    return "\r\n".join(lines) + "\r\n"


def _section(section: Media, transport: list[str]) -> list[str]:
    if section.kind == "audio":
        formats, maps, fmtps = AUDIO
    else:
        chosen = [{"vp8": VP8, "h264": H264}[name] for name in section.codecs]
        maps = [line for codec in chosen for line in codec[0]]
        fmtps = [line for codec in chosen for line in codec[1]]
        formats = " ".join(line.split()[0] for line in maps)
    lines = [f"m={section.kind} {section.port} UDP/TLS/RTP/SAVPF {formats}", *transport, f"a=mid:{section.mid}"]
    lines += [f"a=extmap:{number} {uri}" for number, uri in enumerate(EXTENSIONS, 1)]
    lines += [f"a={section.direction}", "a=rtcp-mux"]
    if section.track:
        lines.append(f"a=msid:stream {section.track}")
    lines += [f"a=rtpmap:{line}" for line in maps] + [f"a=fmtp:{line}" for line in fmtps]
    if section.kind == "video":
        lines += [f"a=rtcp-fb:96 {name}" for name in ("goog-remb", "transport-cc", "ccm fir", "nack", "nack pli")]
    lines += [f"a=rid:{rid} send" for rid in section.rids]
    if section.rids:
        lines.append("a=simulcast:send " + ";".join(section.rids))
    return lines
