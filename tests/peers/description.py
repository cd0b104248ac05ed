"""SDP as livekit-client on Chromium writes it (one peer connection, the client offers), and a reader of answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from tests.peers import rtp

Kind = Literal["audio", "video"]

OPUS, VP8, RTX, H264, H264_RTX = 111, 96, 97, 102, 103
AUDIO_EXTENSIONS = {rtp.AUDIO_LEVEL: 1, rtp.ABS_SEND_TIME: 2, rtp.TRANSPORT_SEQUENCE: 3, rtp.MID: 4}
VIDEO_EXTENSIONS = {
    "urn:ietf:params:rtp-hdrext:toffset": 14,
    rtp.ABS_SEND_TIME: 2,
    "urn:3gpp:video-orientation": 13,
    rtp.TRANSPORT_SEQUENCE: 3,
    "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay": 5,
    "http://www.webrtc.org/experiments/rtp-hdrext/video-content-type": 6,
    "http://www.webrtc.org/experiments/rtp-hdrext/video-timing": 7,
    "http://www.webrtc.org/experiments/rtp-hdrext/color-space": 8,
    rtp.MID: 4,
    rtp.RID: 10,
    rtp.REPAIRED_RID: 11,
}
_H264 = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"


@dataclass(slots=True)
class Section:
    """A media section of the offer. With a ``track`` it sends, without it only receives."""

    mid: str
    kind: Kind
    track: str = ""  # the client's track id (LiveKit: cid)
    stream: str = ""
    ssrc: int = 0  # named in the offer unless there are rids
    rids: tuple[str, ...] = ()


@dataclass(slots=True)
class Offer:
    """Sections in the order they came to be; ``data_after`` is how many precede the data channels' section."""

    ufrag: str
    password: str
    fingerprint: str
    cname: str
    data_mid: str
    session: int
    setup: str = "actpass"
    data_after: int = 6
    version: int = 0
    sections: list[Section] = field(default_factory=list)

    def write(self) -> str:
        self.version += 1
        before, after = self.sections[: self.data_after], self.sections[self.data_after :]
        mids = [*(s.mid for s in before), self.data_mid, *(s.mid for s in after)]
        lines = [
            "v=0",
            f"o=- {self.session} {self.version + 1} IN IP4 127.0.0.1",
            "s=-",
            "t=0 0",
            f"a=group:BUNDLE {' '.join(mids)}",
            "a=extmap-allow-mixed",
            "a=msid-semantic: WMS",
        ]
        for section in before:
            lines += self._media(section)
        lines += ["m=application 9 UDP/DTLS/SCTP webrtc-datachannel", *self._transport(self.data_mid, rtcp=False)]
        lines += ["a=sctp-port:5000", "a=max-message-size:262144"]
        for section in after:
            lines += self._media(section)
        return "\r\n".join(lines) + "\r\n"

    def _transport(self, mid: str, *, rtcp: bool) -> list[str]:
        return [
            "c=IN IP4 0.0.0.0",
            *(["a=rtcp:9 IN IP4 0.0.0.0"] if rtcp else []),
            f"a=ice-ufrag:{self.ufrag}",
            f"a=ice-pwd:{self.password}",
            "a=ice-options:trickle",
            f"a=fingerprint:sha-256 {self.fingerprint}",
            f"a=setup:{self.setup}",
            f"a=mid:{mid}",
        ]

    def _media(self, section: Section) -> list[str]:
        audio = section.kind == "audio"
        types = "111 63 9 0 8 13 110 126" if audio else "96 97 102 103"
        lines = [f"m={section.kind} 9 UDP/TLS/RTP/SAVPF {types}", *self._transport(section.mid, rtcp=True)]
        extensions = AUDIO_EXTENSIONS if audio else VIDEO_EXTENSIONS
        lines += [f"a=extmap:{number} {uri}" for uri, number in extensions.items()]
        msid = f"{section.stream} {section.track}"
        lines += ["a=sendonly", f"a=msid:{msid}"] if section.track else ["a=recvonly"]
        lines += ["a=rtcp-mux", "a=rtcp-rsize", *(_audio_formats() if audio else _video_formats())]
        if section.rids:
            lines += [f"a=rid:{rid} send" for rid in section.rids]
            lines.append(f"a=simulcast:send {';'.join(section.rids)}")
        elif section.track:
            lines += [f"a=ssrc:{section.ssrc} cname:{self.cname}", f"a=ssrc:{section.ssrc} msid:{msid}"]
        return lines


def _audio_formats() -> list[str]:
    return [
        "a=rtpmap:111 opus/48000/2",
        "a=rtcp-fb:111 transport-cc",
        "a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1",
        "a=rtpmap:63 red/48000/2",
        "a=fmtp:63 111/111",
        "a=rtpmap:9 G722/8000",
        "a=rtpmap:0 PCMU/8000",
        "a=rtpmap:8 PCMA/8000",
        "a=rtpmap:13 CN/8000",
        "a=rtpmap:110 telephone-event/48000",
        "a=rtpmap:126 telephone-event/8000",
    ]


def _video_formats() -> list[str]:
    lines: list[str] = []
    for name, number, retransmission, parameters in (("VP8", VP8, RTX, ""), ("H264", H264, H264_RTX, _H264)):
        lines.append(f"a=rtpmap:{number} {name}/90000")
        lines += [f"a=rtcp-fb:{number} {f}" for f in ("goog-remb", "transport-cc", "ccm fir", "nack", "nack pli")]
        lines += [f"a=fmtp:{number} {parameters}"] if parameters else []
        lines += [f"a=rtpmap:{retransmission} rtx/90000", f"a=fmtp:{retransmission} apt={number}"]
    return lines


@dataclass(slots=True)
class Answered:
    """One media section of an answer."""

    mid: str
    kind: str
    accepted: bool
    direction: str = "sendrecv"
    track: str = ""  # the server's track id, from a=msid
    payloads: dict[int, str] = field(default_factory=dict)  # payload type → encoding name, lower case
    repairs: dict[int, int] = field(default_factory=dict)  # rtx payload type → what it repairs
    extensions: dict[str, int] = field(default_factory=dict)
    ssrcs: set[int] = field(default_factory=set)
    repaired_by: dict[int, int] = field(default_factory=dict)  # media SSRC → RTX SSRC


@dataclass(slots=True)
class Answer:
    ufrag: str = ""
    password: str = ""
    fingerprint: str = ""  # of sha-256
    setup: str = ""
    candidates: list[tuple[str, int]] = field(default_factory=list)  # UDP, IPv4, best first
    sections: list[Answered] = field(default_factory=list)


def read_answer(text: str) -> Answer:
    answer = Answer()
    ranked: list[tuple[int, tuple[str, int]]] = []
    section: Answered | None = None
    for line in text.splitlines():
        if line.startswith("m="):
            words = line[2:].split()
            section = Answered("", words[0], accepted=words[1] != "0")
            answer.sections.append(section)
        elif line.startswith("a="):
            name, _, value = line[2:].partition(":")
            if name == "candidate":
                words = value.split()
                if words[2].lower() == "udp" and words[1] == "1" and ":" not in words[4]:
                    ranked.append((-int(words[3]), (words[4], int(words[5]))))
            elif not _read_transport(answer, name, value) and section is not None:
                _read_attribute(section, name, value)
    answer.candidates = list(dict.fromkeys(address for _, address in sorted(ranked)))
    return answer


def _read_transport(answer: Answer, name: str, value: str) -> bool:
    if name == "ice-ufrag":
        answer.ufrag = value
    elif name == "ice-pwd":
        answer.password = value
    elif name == "setup":
        answer.setup = value
    elif name == "fingerprint":
        algorithm, _, digest = value.partition(" ")
        if algorithm.lower() == "sha-256":
            answer.fingerprint = digest.upper()
    else:
        return False
    return True


def _read_attribute(section: Answered, name: str, value: str) -> None:
    if name == "mid":
        section.mid = value
    elif name in ("sendrecv", "sendonly", "recvonly", "inactive"):
        section.direction = name
    elif name == "msid":
        section.track = value.split()[-1]
    elif name == "rtpmap":
        number, _, encoding = value.partition(" ")
        section.payloads[int(number)] = encoding.partition("/")[0].lower()
    elif name == "fmtp":
        number, _, parameters = value.partition(" ")
        if parameters.startswith("apt="):
            section.repairs[int(number)] = int(parameters[4:])
    elif name == "extmap":
        number, _, uri = value.partition(" ")
        section.extensions[uri.split()[0]] = int(number.partition("/")[0])
    elif name == "ssrc":
        section.ssrcs.add(int(value.split()[0]))
    elif name == "ssrc-group" and value.startswith("FID "):
        media, repair = _pair(value.split()[1:])
        section.repaired_by[media] = repair


def _pair(words: Sequence[str]) -> tuple[int, int]:
    return int(words[0]), int(words[1])
