"""From a publisher's datagram to its stream: authenticate, find out whose layer it is, take the packet apart.

Nothing about a packet is looked at before libsrtp has authenticated it, but its SSRC.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from signaling.media import rtp, srtp
from signaling.media.stream import InboundStream
from signaling.media.transportcc import ArrivalLog
from signaling.media.wire import STRIDE

if TYPE_CHECKING:
    from signaling.media.context import Context
    from signaling.media.interface import Encoding
    from signaling.media.track import PublishedTrack

MAX_SSRCS = 128  # libsrtp keeps a context for each that was ever authenticated; a client has no use for more

_SSRC = struct.Struct("!I")
_ERRORS = {srtp.AUTH_FAIL: "auth", srtp.REPLAY_FAIL: "replay", srtp.REPLAY_OLD: "replay"}


class Repair:
    """An RTX SSRC (RFC 4588)."""

    __slots__ = ("stream",)

    def __init__(self, stream: InboundStream) -> None:
        self.stream = stream


class Inbound:
    """The receiving half of one peer."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.tracks: dict[str, PublishedTrack] = {}  # by mid
        self.streams: dict[int, InboundStream] = {}
        self.arrivals = ArrivalLog()
        self.transport_cc_id = 0
        self.received = 0
        self.octets = 0
        self._repairs: dict[int, Repair] = {}
        self._seen: set[int] = set()
        self._retired: set[int] = set()  # replaced by another SSRC; a late packet must not bring them back
        self._cell: Any = srtp.length_cell()
        self._level_ids: dict[str, int] = {}

    def add(self, track: PublishedTrack) -> None:
        self.tracks[track.uplink.mid] = track
        self.transport_cc_id = track.uplink.extensions.get(rtp.TRANSPORT_CC, self.transport_cc_id)

    def remove(self, track: PublishedTrack) -> None:
        if self.tracks.get(track.uplink.mid) is track:
            del self.tracks[track.uplink.mid]
        self._retired.clear()
        for stream in [stream for stream in self.streams.values() if stream.track is track]:
            self.forget(stream.ssrc)

    def retire(self, ssrc: int) -> None:
        """Another SSRC has taken over this one's layer."""
        self._retired.add(ssrc)
        self.forget(ssrc)

    def forget(self, ssrc: int) -> None:
        stream = self.streams.pop(ssrc, None)
        for repair_ssrc in [s for s, repair in self._repairs.items() if repair.stream is stream]:
            del self._repairs[repair_ssrc]

    def receive(self, context: Any, offset: int, length: int, arrival: int) -> None:
        """One datagram in the port's receive buffer, decrypted in place with the SRTP ``context``."""
        shared = self.context
        view = shared.wire.received
        (ssrc,) = _SSRC.unpack_from(view, offset + 8)
        if ssrc not in self._seen and len(self._seen) >= MAX_SSRCS:
            shared.counters.drop("ssrc_limit")
            return
        cell = self._cell
        cell[0] = length
        failed = srtp.unprotect(context, shared.wire.received_slots[offset // STRIDE], cell)
        if failed:
            shared.counters.drop(_ERRORS.get(failed, "auth"))
            return
        self._seen.add(ssrc)
        self.received += 1
        self.octets += length
        self._authenticated(view[offset : offset + cell[0]], ssrc, arrival)

    def _authenticated(self, packet: memoryview, ssrc: int, arrival: int) -> None:
        drop = self.context.counters.drop
        first, second, sequence, timestamp, _ = rtp.HEADER.unpack_from(packet)
        start = rtp.payload_start(packet, first)
        end = len(packet)
        if first & 0x20 and start < end:
            end -= packet[-1]
        if start > end:
            drop("malformed")
            return
        elements = rtp.extensions(packet, first)
        transport_number = elements.get(self.transport_cc_id)
        if transport_number is not None and len(transport_number) == 2:
            self.arrivals.arrived(int.from_bytes(transport_number, "big"), arrival)
        stream = self.streams.get(ssrc)
        payload_type = second & 0x7F
        if stream is None:
            repair = self._repairs.get(ssrc) or self._bind(ssrc, payload_type, elements)
            if repair is None:
                drop("unbound")
                return
            stream = repair.stream
            if payload_type in stream.track.repair_types:
                if end - start > 2:  # else it is padding
                    original = int.from_bytes(packet[start : start + 2], "big")
                    payload = bytes(packet[start + 2 : end])
                    stream.receive(original, timestamp, second & 0x80, payload, arrival, repaired=True)
                return
        if payload_type not in stream.payload_types:
            drop("payload_type")
            return
        level = elements.get(stream.track.level_id)
        if level is not None:
            stream.track.level.note(level, self.context.now)
        stream.receive(sequence, timestamp, second & 0x80, bytes(packet[start:end]), arrival, repaired=False)

    def _bind(self, ssrc: int, payload_type: int, elements: dict[int, bytes]) -> Repair | None:
        """Which layer an SSRC is, from the header extensions, the SSRCs named in SDP, or a payload type that only one
        section has (RFC 9143 section 9.2). A media SSRC comes back as the repair of itself."""
        track = self._track_of(ssrc, payload_type, elements)
        if track is None or ssrc in self._retired:
            return None
        extensions = track.uplink.extensions
        if payload_type in track.repair_types:
            stream = self._repaired(track, ssrc, _text(elements.get(extensions.get(rtp.REPAIRED_RID, 0))))
            if stream is None:
                return None
            self._repairs[ssrc] = repair = Repair(stream)
            return repair
        if payload_type not in track.payload_types:
            return None
        encoding = _encoding(track, ssrc, _text(elements.get(extensions.get(rtp.RID, 0))))
        if encoding is None:
            return None
        stream = track.bind(ssrc, encoding)
        self.streams[ssrc] = stream
        return Repair(stream)

    def _track_of(self, ssrc: int, payload_type: int, elements: dict[int, bytes]) -> PublishedTrack | None:
        for mid, track in self.tracks.items():
            if _text(elements.get(track.uplink.extensions.get(rtp.MID, 0))) == mid:
                return track
        for track in self.tracks.values():
            if ssrc in track.uplink.ssrcs or ssrc in (track.uplink.rtx_ssrcs or {}).values():
                return track
        if any(rtp.MID in track.uplink.extensions for track in self.tracks.values()):
            return None  # its owner will say: browsers repeat the mid until they see it arrive
        users = [t for t in self.tracks.values() if payload_type in t.payload_types | t.repair_types]
        return users[0] if len(users) == 1 else None

    def _repaired(self, track: PublishedTrack, ssrc: int, rid: str) -> InboundStream | None:
        if rid:
            encoding = next((e for e in track.uplink.encodings if e.rid == rid), None)
            return None if encoding is None else track.layers.get(encoding.quality)
        media = next((m for m, r in (track.uplink.rtx_ssrcs or {}).items() if r == ssrc), None)
        if media is not None:
            return self.streams.get(media)
        return next(iter(track.layers.values())) if len(track.layers) == 1 else None


def _text(element: bytes | None) -> str:
    return "" if element is None else element.decode("ascii", "replace")


def _encoding(track: PublishedTrack, ssrc: int, rid: str) -> Encoding | None:
    encodings = track.uplink.encodings
    if rid:
        return next((encoding for encoding in encodings if encoding.rid == rid), None)
    if len(encodings) == 1:
        return encodings[0]
    # Simulcast without rids: the SSRCs are listed lowest layer first.
    media = [s for s in track.uplink.ssrcs if s not in (track.uplink.rtx_ssrcs or {}).values()]
    return encodings[media.index(ssrc)] if ssrc in media and media.index(ssrc) < len(encodings) else None
