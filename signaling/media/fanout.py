"""From one packet to its receivers: written once per group of identical receivers, protected per receiver, sent
together.

A :class:`Group` holds everybody who gets the very same plaintext: same payload type, header extension ids and mid,
same position in the numbering. Who never switched layers is in one group with all others of his kind.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any, NamedTuple

from signaling.media import rtp, srtp
from signaling.media.codecs import Vp8, shift_vp8
from signaling.media.nack import PacketStore
from signaling.media.rewrite import Shift, Start, Tail
from signaling.media.sequence import extend32
from signaling.media.stats import Counters
from signaling.media.wire import SEND_SLOTS, Wire

if TYPE_CHECKING:
    from signaling.media.feed import SubscribedFeed


class Shape(NamedTuple):
    """What of a subscriber's negotiation shows in the packets it gets. An id of 0: not negotiated."""

    payload_type: int
    send_time_id: int
    mid_id: int
    mid: str


class LayerPacket(NamedTuple):
    """A packet in its layer's numbers, both extended. ``marker`` is 0x80 or 0."""

    sequence: int
    timestamp: int
    marker: int
    payload: bytes


class Fanout:
    """Copies plaintext into the port's slots and protects it there."""

    def __init__(self, port: Wire, counters: Counters) -> None:
        self._port = port
        self._counters = counters
        self.send_time = bytes(3)  # abs-send-time of the batch under way: one value, so that plaintexts stay identical
        self._arrivals: list[int] = []

    def send(self, packet: bytes, contexts: list[Any], addresses: array[int]) -> None:
        """``contexts`` and ``addresses`` belong together, one pair per receiver."""
        if len(contexts) > SEND_SLOTS:
            for first in range(0, len(contexts), SEND_SLOTS):
                last = first + SEND_SLOTS
                self.send(packet, contexts[first:last], addresses[first:last])
            return
        self._protect(srtp.protect, packet, contexts, addresses)
        self._counters.packets_out += len(contexts)

    def send_rtcp(self, packet: bytes, context: Any, address: array[int]) -> None:
        self._protect(srtp.protect_rtcp, packet, [context], address)

    def _protect(self, protect: Any, packet: bytes, contexts: list[Any], addresses: array[int]) -> None:
        port, length, move = self._port, len(packet), srtp.move
        first = port.reserve(length, addresses)
        end = first + len(contexts)
        slots = port.slots[first:end]
        for slot in slots:
            move(slot, packet, length)
        results = list(map(protect, contexts, slots, port.lengths[first:end]))
        if any(results):  # never seen in practice; such a slot still holds plaintext and must not leave
            for index, result in enumerate(results):
                if result:
                    port.cancel(first + index)
                    self._counters.drop("protect")

    def forwarded(self, arrival: int) -> None:
        """A packet that the kernel received at ``arrival`` (ns) goes out with this batch."""
        self._arrivals.append(arrival)

    def flush(self) -> None:
        self._port.flush()

    def settle(self, clock: int) -> None:
        """``clock`` (ns since the epoch) is the moment after sending: what the packets spent in this process."""
        if self._arrivals:
            self._counters.forwarded(self._arrivals, clock)
            self._arrivals.clear()


class Group:
    """Receivers of identical packets of one layer. ``first`` is the first sequence number of the layer that belongs
    to this group: a late packet from before it would land on a number already used."""

    def __init__(self, fanout: Fanout, ssrc: int, shape: Shape, shift: Shift, first: int) -> None:
        self.shape = shape
        self.shift = shift
        self.first = first
        self.feeds: list[SubscribedFeed] = []
        self.contexts: list[Any] = []
        self.addresses = array("Q")
        self.packets = 0
        self.octets = 0
        self.store = PacketStore()
        self.tail: Tail | None = None
        self._fanout = fanout
        self._ssrc = ssrc
        self._moves_picture = shift.picture != 0 or shift.tl0 != 0
        elements = [(shape.send_time_id, bytes(3))] if shape.send_time_id else []
        if shape.mid_id:
            elements.append((shape.mid_id, shape.mid.encode()))
        block = rtp.extension_block(elements)
        self._first_byte = 0x90 if block else 0x80
        # Where in the block the send time is: behind the block's header and the element's own.
        self._time_at = (5 if block[:2] == b"\xbe\xde" else 6) if shape.send_time_id else 0
        self._before = block[: self._time_at]
        self._after = block[self._time_at + 3 :] if shape.send_time_id else block

    def join(self, feed: SubscribedFeed, context: Any, address: int) -> None:
        self.feeds.append(feed)
        self.contexts.append(context)
        self.addresses.append(address)

    def leave(self, feed: SubscribedFeed) -> None:
        index = self.feeds.index(feed)
        del self.feeds[index], self.contexts[index], self.addresses[index]

    def since(self, start: Start) -> list[LayerPacket]:
        """What was forwarded from ``start`` on, back in the layer's numbers; empty when that is not to be had."""
        shift, tail = self.shift, self.tail
        if self._moves_picture or tail is None or start.sequence < self.first:
            return []
        found = []
        for sequence in range(start.sequence, tail.sequence - shift.sequence + 1):
            packet = self.store.get(sequence + shift.sequence)
            if packet is None:
                if sequence == start.sequence:
                    return []
                continue
            first, second, _, stamp, _ = rtp.HEADER.unpack_from(packet)
            timestamp = extend32(stamp - shift.timestamp & 0xFFFFFFFF, start.timestamp)
            found.append(LayerPacket(sequence, timestamp, second & 0x80, packet[rtp.payload_start(packet, first) :]))
        return found

    def forward(
        self, sequence: int, timestamp: int, marker: int, payload: bytes, picture: Vp8 | None, now: float
    ) -> None:
        """One packet of the layer, in the layer's numbers; ``marker`` is 0x80 or 0."""
        if sequence < self.first:
            return
        shift = self.shift
        number = sequence + shift.sequence
        stamp = timestamp + shift.timestamp
        picture_id = tl0 = 0
        if picture is not None:
            picture_id = picture.picture_id + shift.picture
            tl0 = picture.tl0 + shift.tl0
            if self._moves_picture:
                payload = shift_vp8(payload, picture, picture=shift.picture, tl0=shift.tl0)
        header = rtp.HEADER.pack(
            self._first_byte,
            marker | self.shape.payload_type,
            number & 0xFFFF,
            stamp & 0xFFFFFFFF,
            self._ssrc,
        )
        if self._time_at:
            packet = header + self._before + self._fanout.send_time + self._after + payload
        else:
            packet = header + self._after + payload
        self.store.put(number, packet, now)
        self.packets += 1
        self.octets += len(payload)
        tail = self.tail
        if tail is None or number > tail[0]:
            self.tail = Tail(number, stamp, picture_id, tl0, now)
        self._fanout.send(packet, self.contexts, self.addresses)
