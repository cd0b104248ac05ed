"""Reads the few lines of an SDP offer (RFC 8866, JSEP) that an answerer needs.

A browser repeats every section in every offer, about 4 kB each. Sections are therefore read one by one and kept by
their text: an offer that only adds a section costs one section. What cannot be used raises :class:`MalformedSdp`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

from meetinghub.errors import Invalid
from signaling.media.interface import Codec, Kind

MAX_SIZE = 1_000_000  # characters
MAX_SECTIONS = 300
MAX_SECTION_SIZE = 40_000
_LINE = re.compile(
    r"^a=(mid|rtpmap|fmtp|extmap|rid|simulcast|msid|ssrc|ssrc-group|setup|fingerprint|ice-ufrag|ice-pwd|sctp-port)"
    r":([^\r\n]*)|^a=(sendonly|recvonly|sendrecv|inactive)\r?$",
    re.MULTILINE,
)
_MID = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`{|}~-]{1,16}\Z")  # a token that fits a one-byte header extension
_RID = re.compile(r"[A-Za-z0-9_-]{1,16}\Z")
_ICE = re.compile(r"[A-Za-z0-9+/=_-]{1,256}\Z")  # Firefox and pion stay within ice-char too
_SPOKEN = frozenset({"OPUS", "VP8", "H264"})  # the others are not even looked at: a browser offers a dozen
_DIGEST = re.compile(r"[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){15,63}\Z")
_HEAD = re.compile(r"(audio|video|application) (\d{1,5}) ([A-Z/]{3,20})((?: [\w-]{1,32}){1,200})\Z")


Lines = dict[str, list[str]]  # attribute name → its values, in order


class MalformedSdp(Invalid):
    def __init__(self, what: str) -> None:
        super().__init__("signaling.malformed_sdp", what=what)


@dataclass(frozen=True, slots=True)
class Transport:
    """ICE and DTLS parameters of the bundle."""

    ufrag: str
    password: str
    fingerprints: tuple[tuple[str, str], ...]
    setup: str


@dataclass(frozen=True, slots=True)
class Section:
    """One media description. ``sends`` and ``receives`` are the client's side of it."""

    kind: Kind | None  # None = data channels
    mid: str
    rejected: bool
    protocol: str
    formats: str
    sends: bool
    receives: bool
    codecs: tuple[Codec, ...]  # those we speak, in the client's order, with their RTX payload types
    extensions: Mapping[str, int]
    stream_id: str
    track_id: str
    rids: tuple[str, ...]  # in the order of a=simulcast, those it sends
    ssrcs: tuple[int, ...]
    rtx_ssrcs: Mapping[int, int]
    text: str = field(repr=False, default="")

    def feedback(self, payload_type: int) -> frozenset[str]:
        """What a=rtcp-fb (RFC 4585) names for this payload type or for all."""
        found: set[str] = set()
        for prefix in (f"a=rtcp-fb:{payload_type} ", "a=rtcp-fb:* "):
            at = self.text.find(prefix)
            while at >= 0:
                end = self.text.find("\n", at)
                found.add(self.text[at + len(prefix) : end if end >= 0 else None].strip())
                at = self.text.find(prefix, at + 1)
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class Offer:
    transport: Transport
    sections: tuple[Section, ...]


class Scanner:
    """Reads the offers of one client."""

    def __init__(self) -> None:
        self._shared: Lines = {}
        self._known: dict[str, tuple[Section, Transport | None]] = {}

    def scan(self, text: str) -> Offer:
        if len(text) > MAX_SIZE:
            raise MalformedSdp("too large")
        head, *bodies = ("\n" + text).split("\nm=")
        if "\nv=0" not in head:
            raise MalformedSdp("no version line")
        if not bodies or len(bodies) > MAX_SECTIONS:
            raise MalformedSdp("number of sections")
        known: dict[str, tuple[Section, Transport | None]] = {}
        shared = _collect(head)
        if shared != self._shared:
            self._shared, self._known = shared, {}
        transport: Transport | None = None
        sections = []
        mids: set[str] = set()
        for body in bodies:
            section, own = known[body] = self._known.get(body) or _read_section(body, shared)
            if section.mid in mids:
                raise MalformedSdp("mid used twice")
            mids.add(section.mid)
            sections.append(section)
            if transport is None and not section.rejected:
                transport = own
        self._known = known
        if transport is None:
            raise MalformedSdp("no transport")
        return Offer(transport, tuple(sections))


def _collect(text: str) -> Lines:
    lines: Lines = {}
    for name, value, direction in _LINE.findall(text):
        if direction:
            lines["direction"] = [direction]
        else:
            lines.setdefault(name, []).append(value)
    return lines


def _read_section(body: str, shared: Lines) -> tuple[Section, Transport | None]:
    if len(body) > MAX_SECTION_SIZE:
        raise MalformedSdp("section too large")
    first, _, _ = body.partition("\n")
    head = _HEAD.match(first.rstrip("\r"))
    if head is None:
        raise MalformedSdp("media line")
    media, port, protocol, formats = head.groups()
    lines = _collect(body)
    mid = lines.get("mid", [""])[0].strip()
    if not _MID.match(mid):
        raise MalformedSdp("mid")
    kind = None if media == "application" else Kind(media)
    direction = lines.get("direction", shared.get("direction", ["sendrecv"]))[0]
    stream_id, track_id = _msid(lines)
    section = Section(
        kind=kind,
        mid=mid,
        rejected=port == "0",
        protocol=protocol,
        formats=formats.strip(),
        sends=kind is not None and direction in ("sendonly", "sendrecv"),
        receives=kind is not None and direction in ("recvonly", "sendrecv"),
        codecs=_codecs(kind, formats, tuple(lines.get("rtpmap", ())), tuple(lines.get("fmtp", ()))) if kind else (),
        extensions=_extensions(tuple(lines.get("extmap", ()))),
        stream_id=stream_id,
        track_id=track_id,
        rids=_rids(lines),
        ssrcs=_ssrcs(lines),
        rtx_ssrcs=_rtx_ssrcs(lines),
        text=body,
    )
    return section, _transport(lines, shared)


def _transport(lines: Lines, shared: Lines) -> Transport | None:
    def value(name: str) -> list[str]:
        return lines.get(name) or shared.get(name) or []

    ufrag, password, prints = value("ice-ufrag"), value("ice-pwd"), value("fingerprint")
    if not ufrag or not password or not prints:
        return None
    if not (_ICE.match(ufrag[0].strip()) and _ICE.match(password[0].strip())):
        raise MalformedSdp("ICE credentials")
    setup = (value("setup") or ["actpass"])[0].strip()
    if setup not in ("actpass", "active", "passive"):
        raise MalformedSdp("setup")
    return Transport(ufrag[0].strip(), password[0].strip(), _fingerprints(tuple(prints[:4])), setup)


@lru_cache(maxsize=256)
def _fingerprints(lines: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    pairs = []
    for line in lines:
        algorithm, _, digest = line.strip().partition(" ")
        if not _DIGEST.match(digest):
            raise MalformedSdp("fingerprint")
        pairs.append((algorithm.lower(), digest.upper()))
    return tuple(pairs)


def _number(text: str, top: int) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 10 or int(text) > top:
        raise MalformedSdp("number")
    return int(text)


# Sections of one browser, and browsers of one make, offer the same codecs and extensions again and again.
@lru_cache(maxsize=256)
def _codecs(kind: Kind, formats: str, rtpmaps: tuple[str, ...], fmtps: tuple[str, ...]) -> tuple[Codec, ...]:
    maps: dict[str, list[str]] = {}
    for line in rtpmaps:
        payload_type, _, rest = line.partition(" ")
        maps[payload_type] = rest.strip().split("/")
    formats_of: dict[str, str] = {}
    for line in fmtps:
        payload_type, _, rest = line.partition(" ")
        formats_of[payload_type] = rest.strip()[:500]
    rtx: dict[str, str] = {}
    for payload_type, parts in maps.items():
        if parts[0].lower() == "rtx":
            pairs = (part.strip().partition("=") for part in formats_of.get(payload_type, "").split(";"))
            rtx |= {primary: payload_type for name, _, primary in pairs if name == "apt"}
    found = []
    for payload_type in formats.split():
        parts = maps.get(payload_type, [])
        if len(parts) < 2 or parts[0].upper() not in _SPOKEN:
            continue
        found.append(
            Codec(
                mime=f"{kind.value}/{parts[0]}",
                payload_type=_number(payload_type, 127),
                clock_rate=_number(parts[1], 1_000_000),
                channels=_number(parts[2], 8) if len(parts) > 2 else 1,
                fmtp=formats_of.get(payload_type, ""),
                rtx_payload_type=_number(rtx[payload_type], 127) if payload_type in rtx else None,
            )
        )
    return tuple(found)


@lru_cache(maxsize=256)
def _extensions(extmaps: tuple[str, ...]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for line in extmaps[:64]:
        number, _, rest = line.partition(" ")
        uri = rest.split(" ", 1)[0].strip()
        found[uri] = _number(number.split("/", 1)[0], 255)
    return MappingProxyType(found)


def _msid(lines: Lines) -> tuple[str, str]:
    """Stream and track id; the old per-SSRC form is read too (RFC 8830 and its predecessors)."""
    for line in lines.get("msid", ()):
        stream_id, _, track_id = line.strip().partition(" ")
        return stream_id[:256], track_id.strip()[:256]
    for line in lines.get("ssrc", ()):
        _, _, rest = line.partition(" ")
        if rest.startswith("msid:"):
            stream_id, _, track_id = rest[5:].strip().partition(" ")
            return stream_id[:256], track_id.strip()[:256]
    return "", ""


def _rids(lines: Lines) -> tuple[str, ...]:
    """Layers the client sends, in the order of a=simulcast (RFC 8853); paused ones (~) count."""
    sent = [line.split(" ")[0] for line in lines.get("rid", ()) if line.split(" ")[1:2] == ["send"]]
    for line in lines.get("simulcast", ()):
        words = line.split()
        if "send" in words[:-1]:
            order = [r.lstrip("~") for part in words[words.index("send") + 1].split(";") for r in part.split(",")]
            sent = [rid for rid in order if rid in sent]
            break
    rids = tuple(dict.fromkeys(sent))
    if len(rids) > 4 or not all(_RID.match(rid) for rid in rids):
        raise MalformedSdp("rid")
    return rids


def _ssrcs(lines: Lines) -> tuple[int, ...]:
    rtx = set(_rtx_ssrcs(lines).values())
    numbers = dict.fromkeys(_number(line.partition(" ")[0], 0xFFFFFFFF) for line in lines.get("ssrc", ())[:64])
    return tuple(n for n in numbers if n not in rtx)


def _rtx_ssrcs(lines: Lines) -> dict[int, int]:
    pairs = {}
    for line in lines.get("ssrc-group", ())[:16]:
        words = line.split()
        if len(words) == 3 and words[0] == "FID":
            pairs[_number(words[1], 0xFFFFFFFF)] = _number(words[2], 0xFFFFFFFF)
    return pairs
