"""One track on its way to one subscriber: which layer, since when, and how it continues after a break."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from signaling.media import rtcp, rtp
from signaling.media.fanout import Group, Shape
from signaling.media.interface import Downlink, FeedListener, Kind, Quality
from signaling.media.layers import Demand, covering, nearest
from signaling.media.rewrite import UNSHIFTED, Shift, Start, Tail, continue_from
from signaling.media.sequence import extend
from signaling.media.stream import InboundStream

if TYPE_CHECKING:
    from signaling.media.peer import PeerConnection
    from signaling.media.track import PublishedTrack

HISTORY_SECONDS = 2.0
ANSWER_SECONDS = 0.06  # until a browser has taken an answer in; what it is sent before is lost on it


class Past(NamedTuple):
    """Where an outgoing SSRC stands in its receiver's eyes. It outlives the feed: a second subscription to the same
    track continues here, because a number must never carry two different packets under one key."""

    tail: Tail
    stream: InboundStream
    shift: Shift
    packets: int
    octets: int
    repairs: int = 0  # packets sent on the RTX SSRC; filled in when the feed closes


class SubscribedFeed:
    """Owned by the subscriber's peer and closed with it, with its track, or by itself."""

    def __init__(
        self,
        track: PublishedTrack,
        subscriber: PeerConnection,
        downlink: Downlink,
        listener: FeedListener,
        past: Past | None,
    ) -> None:
        self.track = track
        self.subscriber = subscriber
        self.listener = listener
        self.rtx_payload_type = downlink.codec.rtx_payload_type
        self.shape = Shape(
            downlink.codec.payload_type,
            downlink.extensions.get(rtp.ABS_SEND_TIME, 0),
            downlink.extensions.get(rtp.MID, 0),
            downlink.mid,
        )
        self.enabled = True
        self.quality = Quality.HIGH
        self.size = (0, 0)
        self.priority = 0
        self.ceiling: Quality | None = Quality.HIGH  # what the subscriber's bandwidth allows; None: nothing
        self.stream: InboundStream | None = None
        self.waiting_on: InboundStream | None = None
        self.group: Group | None = None
        self.reported: dict[int, float] = {}  # middle bits of a report's NTP time → when we sent it
        self.closed = False
        self._past = past
        self._joined = (0, 0)  # the group's counters when this feed joined
        self._former: tuple[Group, int, float] | None = None  # (group, first number sent from it, when it was left)
        self._repairs = past.repairs if past else 0
        self._opened = track.context.now
        self._since = 0  # first number sent from the current group

    # What to send

    def configure(
        self, *, enabled: bool, quality: Quality = Quality.HIGH, width: int = 0, height: int = 0, priority: int = 0
    ) -> None:
        """See ``interface.Feed``."""
        self.enabled = enabled and quality is not Quality.OFF
        self.quality = quality
        self.size = (width, height)
        self.priority = priority
        self.refresh()
        self.subscriber.demand_changed()
        self.track.update_demand()

    def wanted(self) -> Quality:
        """The layer asked for, whether or not it is there or affordable."""
        return covering(self.track.uplink.encodings, *self.size) if any(self.size) else self.quality

    def demand(self) -> Quality | None:
        """What the publisher should send for this feed; None: nothing."""
        if not (self.enabled and self.subscriber.flowing):
            return None
        return min(self.wanted(), Quality.LOW if self.ceiling is None else self.ceiling)

    def as_demand(self) -> Demand:
        """For the division of the subscriber's bandwidth."""
        costs = {encoding.quality: self.track.cost(encoding.quality) for encoding in self.track.uplink.encodings}
        return Demand(self, self.wanted(), costs, self.priority, self.size[0] * self.size[1], self.ceiling)

    def allow(self, ceiling: Quality | None) -> None:
        """What the subscriber's bandwidth allows has been decided anew."""
        if ceiling is self.ceiling:
            return
        before, self.ceiling = self.ceiling, ceiling
        self.refresh()
        if ceiling is None and self.enabled:
            self.subscriber.tell(self, paused=True, sent=None)
        elif before is None and self.stream is None:
            self.subscriber.tell(self, paused=False, sent=None)

    def target(self) -> InboundStream | None:
        """The layer to send now."""
        if not (self.enabled and self.subscriber.flowing) or self.closed or self.ceiling is None:
            return None
        if self.track.kind is Kind.AUDIO:
            return next(iter(self.track.layers.values()), None)
        if not self.track.forwarding:
            return None
        chosen = nearest(self.track.available(), min(self.wanted(), self.ceiling))
        return None if chosen is None else self.track.layers[chosen]

    def refresh(self) -> None:
        """Move towards the target. A running layer goes on until the key frame of the next one."""
        target = self.target()
        if target is not self.waiting_on:
            self._stop_waiting()
        if target is None:
            self._leave()
        elif target is not self.stream and self.waiting_on is None:
            self.waiting_on = target
            target.wait(self)

    def _stop_waiting(self) -> None:
        if self.waiting_on is not None:
            if self in self.waiting_on.waiting:
                self.waiting_on.waiting.remove(self)
            self.waiting_on = None

    def begin(self, stream: InboundStream, start: Start) -> None:
        """The packet to continue with is about to be forwarded by ``stream``."""
        self._leave()
        self._begin(stream, start, self._shift(stream, start))

    def catch_up(self, stream: InboundStream, start: Start) -> bool:
        """Begin with a key frame that has just passed, if others were sent it exactly as this receiver would have
        been: it gets their packets since then. When 33 sites turn to one picture, a click costs one key frame."""
        if self.stream is not None:
            return False  # it is shown something meanwhile, and would be sent both
        if self.track.context.now - self._opened < ANSWER_SECONDS:
            return False  # the answer that names this track may still be on its way
        shift = self._shift(stream, start)
        group = stream.known(self.shape, shift)
        if group is None:
            return self._translate(stream, start, shift)
        if group.tail is None or start.sequence < group.first:
            return False
        first = start.sequence + shift.sequence
        numbers = range(first, group.tail.sequence + 1)
        packets = [packet for number in numbers if (packet := group.store.get(number)) is not None]
        if group.store.get(first) is None:
            return False
        self._begin(stream, start, shift)
        octets = sum(len(packet) - rtp.payload_start(packet, packet[0]) for packet in packets)
        self._joined = group.packets - len(packets), group.octets - octets
        context = self.track.context
        for packet in packets:
            context.fanout.send(packet, [self.subscriber.send_context], self.subscriber.address)
        context.flush_soon()
        return True

    def _translate(self, stream: InboundStream, start: Start, shift: Shift) -> bool:
        """The same from what receivers of another kind were sent: mids differ between clients that came and went."""
        packets = next((found for group in stream.groups if (found := group.since(start))), None)
        if packets is None:
            return False
        self._begin(stream, start, shift)
        assert self.group is not None
        context = self.track.context
        for packet in packets:
            self.group.forward(*packet, stream.picture(packet.payload), context.now)
        context.flush_soon()
        return True

    def _shift(self, stream: InboundStream, start: Start) -> Shift:
        """What lets ``start`` follow the last packet this receiver was sent."""
        if self._past is None:
            return UNSHIFTED
        aligned = self._past.stream.timestamp_offset(stream)
        return continue_from(
            self._past.tail,
            start,
            clock_rate=self.track.clock_rate,
            aligned=None if aligned is None else aligned + self._past.shift.timestamp,
        )

    def _begin(self, stream: InboundStream, start: Start, shift: Shift) -> None:
        self.waiting_on = None
        group = stream.group(self.shape, shift, start.sequence)
        group.join(self, self.subscriber.send_context, self.subscriber.address[0])
        self.stream, self.group = stream, group
        self._joined = group.packets, group.octets
        self._since = start.sequence + shift.sequence
        if (report := stream.reception.report) is not None:
            self.send_report(self._extrapolated(report, stream))
        self.subscriber.tell(self, paused=False, sent=stream.quality)

    def _leave(self) -> None:
        """Stop sending; remember where."""
        group, stream = self.group, self.stream
        if group is None or stream is None:
            return
        packets, octets = self.sent()
        tail = group.tail
        if tail is not None and tail.sequence >= self._since:
            self._past = Past(tail, stream, group.shift, packets, octets)
            self._former = group, self._since, stream.context.now
        group.leave(self)
        stream.release(group)
        self.group = self.stream = None

    def close(self) -> None:
        """Idempotent."""
        if self.closed:
            return
        self._stop_waiting()
        self._leave()
        self.closed = True
        self.track.feeds.remove(self)
        self.subscriber.unsubscribe(self, self._past and self._past._replace(repairs=self._repairs))

    # Reports and repair

    def sent(self) -> tuple[int, int]:
        """Packets and octets of payload, from the first subscription on."""
        packets = octets = 0
        if self.group is not None:
            packets, octets = self.group.packets - self._joined[0], self.group.octets - self._joined[1]
        if self._past is not None:
            packets, octets = packets + self._past.packets, octets + self._past.octets
        return packets, octets

    def _extrapolated(self, report: rtcp.SenderReport, stream: InboundStream) -> rtcp.SenderReport:
        elapsed = stream.context.now - stream.reception.reported_at
        ticks = round(elapsed * self.track.clock_rate)
        return rtcp.SenderReport(
            report.ssrc, report.ntp + int(elapsed * 4_294_967_296), report.rtp + ticks & 0xFFFFFFFF, 0, 0
        )

    def send_report(self, report: rtcp.SenderReport) -> None:
        """The publisher's report in this feed's numbers: its clock is kept, so voice and picture stay together."""
        assert self.group is not None
        packets, octets = self.sent()
        translated = rtcp.SenderReport(
            self.track.ssrc,
            report.ntp,
            report.rtp + self.group.shift.timestamp & 0xFFFFFFFF,
            packets & 0xFFFFFFFF,
            octets & 0xFFFFFFFF,
        )
        now = self.track.context.now
        if len(self.reported) > 16:
            del self.reported[next(iter(self.reported))]
        self.reported[report.ntp >> 16 & 0xFFFFFFFF] = now
        self.subscriber.send_rtcp(
            rtcp.sender_report(translated) + rtcp.source_description(self.track.ssrc, self.track.cname)
        )

    def round_trip(self, block: rtcp.Block) -> float | None:
        """Seconds, from a report block about this feed."""
        sent = self.reported.get(block.last_sr)
        return None if sent is None else max(0.0, self.track.context.now - sent - block.delay / 65536)

    def resend(self, numbers: tuple[int, ...]) -> None:
        """Answer a NACK from what this feed was really sent; what is gone stays gone."""
        context = self.track.context
        for number in numbers:
            packet = self._sent(number)
            if packet is None or not self.subscriber.may_resend(len(packet)):
                continue
            if self.rtx_payload_type is not None and self.track.rtx_ssrc is not None:
                packet = self._repair(packet)
            context.counters.resent += 1
            context.fanout.send(packet, [self.subscriber.send_context], self.subscriber.address)

    def _sent(self, number: int) -> bytes | None:
        """What this feed's receiver was sent under a 16-bit number. Only numbers that came from the group while the
        feed was in it: under the same number another group may hold other bytes."""
        group = self.group
        if group is not None and group.tail is not None:
            extended = extend(number, group.tail.sequence)
            if extended >= self._since:
                return group.store.get(extended)
        if self._former is not None and self._past is not None:
            former, since, left = self._former
            extended = extend(number, self._past.tail.sequence)
            if self.track.context.now - left < HISTORY_SECONDS and since <= extended <= self._past.tail.sequence:
                return former.store.get(extended)
        return None

    def _repair(self, packet: bytes) -> bytes:
        """The packet as RFC 4588 wants it: own SSRC and numbers, the original number before the payload."""
        first, second, sequence, timestamp, _ = rtp.HEADER.unpack_from(packet)
        start = rtp.payload_start(packet, first)
        assert self.rtx_payload_type is not None
        assert self.track.rtx_ssrc is not None
        header = rtp.HEADER.pack(
            first,
            second & 0x80 | self.rtx_payload_type,
            self._repairs & 0xFFFF,
            timestamp,
            self.track.rtx_ssrc,
        )
        self._repairs += 1
        return header + packet[12:start] + struct.pack("!H", sequence) + packet[start:]
