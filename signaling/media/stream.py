"""One SSRC of a publisher: a layer of a track, from the plaintext packet to the groups that receive it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signaling.media import codecs, rtcp
from signaling.media.codecs import Vp8
from signaling.media.fanout import Group, Shape
from signaling.media.interface import Kind, Quality
from signaling.media.limits import TokenBucket
from signaling.media.nack import LossDetector
from signaling.media.reception import Reception
from signaling.media.rewrite import Shift, Start
from signaling.media.sequence import Continuity, extend, extend32

if TYPE_CHECKING:
    from signaling.media.context import Context
    from signaling.media.feed import SubscribedFeed
    from signaling.media.track import PublishedTrack

ACTIVE_SECONDS = 1.5  # a layer without packets for so long is not there
KEYFRAME_INTERVAL = 0.4  # at most one request per layer and interval
KEYFRAME_RETRY = 1.0  # while somebody waits

AUDIO_PACKETS = 200.0  # per second: twice what 10 ms frames need
VIDEO_FLOOR = 400_000.0  # bit/s granted to any layer, whatever it announced
VIDEO_DEFAULT = 6_000_000.0  # when it announced nothing
HEADROOM = 2.0
BURST_SECONDS = 2.0


class InboundStream:
    """Created when the SSRC's first packet tells which section (and layer) it belongs to."""

    def __init__(self, context: Context, track: PublishedTrack, ssrc: int, quality: Quality, bitrate: int) -> None:
        self.context = context
        self.track = track
        self.ssrc = ssrc
        self.quality = quality
        self.payload_types = track.payload_types
        self.detector = LossDetector()
        self.reception = Reception(ssrc, track.clock_rate)
        self.groups: list[Group] = []
        self.waiting: list[SubscribedFeed] = []
        self.last_packet = context.now
        self.octets = 0
        self.bitrate = 0.0  # over the last second, by measure()
        self.usual = 0.0  # over the last few, and at once when it rises
        self.held = False
        self._measured = (context.now, 0)
        self._continuity = Continuity()
        self._timestamp = -1
        self._mime = track.mime
        self._video = track.kind is Kind.VIDEO
        self._keyframe_asked = float("-inf")
        self._keyframe_due = False  # wanted by a receiver as soon as the last request is old enough
        self._awaited = False  # the same by those who wait, unless they catch up first
        self._started: Start | None = None  # the last key frame
        if self._video:
            rate = max(VIDEO_FLOOR, bitrate * HEADROOM if bitrate else VIDEO_DEFAULT) / 8
            self._limit = TokenBucket(rate, rate * BURST_SECONDS)
        else:
            self._limit = TokenBucket(AUDIO_PACKETS, AUDIO_PACKETS)

    @property
    def active(self) -> bool:
        return self.context.now - self.last_packet < ACTIVE_SECONDS

    def receive(
        self, sequence: int, timestamp: int, marker: int, payload: bytes, arrival: int, *, repaired: bool
    ) -> None:
        """One authenticated packet in its 16- and 32-bit numbers. ``arrival`` is the kernel's time in ns."""
        context = self.context
        now, drop = context.now, context.counters.drop
        detector = self.detector
        number = extend(sequence, detector.highest) if detector.highest >= 0 else sequence + 0x10000
        if not detector.arrived(number, now):
            drop("duplicate")
            return
        if not repaired:
            self.reception.packet(number, timestamp, arrival / 1e9)
        if not self._limit.take(len(payload) if self._video else 1.0, now):
            drop("rate")
            return
        resumed = now - self.last_packet >= ACTIVE_SECONDS
        self.last_packet = now
        self.octets += len(payload)
        if resumed:
            self.track.layers_changed()
        if not self.track.forwarding:
            self.held = True
            drop("gate")
            return
        if self.held:
            self.held = False
            self._continuity.resume(number)
        if not payload and self._continuity.swallow(number):
            return
        placed = self._continuity.place(number)
        if placed is None:
            drop("late")
            return
        stamp = extend32(timestamp, self._timestamp) if self._timestamp >= 0 else timestamp + 0x1_0000_0000
        self._timestamp = max(stamp, self._timestamp)
        self._forward(placed, stamp, marker, payload, arrival)

    def _forward(self, sequence: int, timestamp: int, marker: int, payload: bytes, arrival: int) -> None:
        context = self.context
        picture: Vp8 | None = None
        starts = True
        if self._mime == codecs.VP8:
            picture = self.picture(payload)
            starts = picture is not None and picture.starts_keyframe
        elif self._mime == codecs.H264:
            starts = codecs.h264_starts_keyframe(payload)
        if starts:
            self._keyframe_due = self._awaited = False
            picture_id, tl0 = (picture.picture_id, picture.tl0) if picture else (0, 0)
            start = Start(sequence, timestamp, picture_id, tl0, context.now)
            if self._video:
                self._started = start
            if self.waiting:
                self._begin(start)
        if self.groups:
            now = context.now
            for group in self.groups:
                group.forward(sequence, timestamp, marker, payload, picture, now)
            context.fanout.forwarded(arrival)

    def picture(self, payload: bytes) -> Vp8 | None:
        """The payload descriptor, where the codec has one."""
        return codecs.parse_vp8(payload) if self._mime == codecs.VP8 else None

    def _begin(self, start: Start) -> None:
        waiting, self.waiting = self.waiting, []
        for feed in waiting:
            feed.begin(self, start)

    def known(self, shape: Shape, shift: Shift) -> Group | None:
        """The group of this kind of receiver, if there is one."""
        return next((group for group in self.groups if group.shift == shift and group.shape == shape), None)

    def group(self, shape: Shape, shift: Shift, first: int) -> Group:
        """The group for this kind of receiver, made on first use."""
        group = self.known(shape, shift)
        if group is not None:
            return group
        group = Group(self.context.fanout, self.track.ssrc, shape, shift, first)
        self.groups.append(group)
        return group

    def release(self, group: Group) -> None:
        """Forget a group that nobody is in any more; its store lives on with the feeds that left it."""
        if not group.feeds:
            self.groups.remove(group)

    def wait(self, feed: SubscribedFeed) -> None:
        """Let a feed begin with the next key frame (audio: the next packet), or with the last one when it came so
        lately that the publisher would not make another."""
        self.waiting.append(feed)
        self._catch_up()
        if not self._video or not self.waiting:
            return
        if self.context.now - self._keyframe_asked < KEYFRAME_INTERVAL:
            self._awaited = True
        else:
            self.request_keyframe()

    def _catch_up(self) -> None:
        start = self._started
        if start is not None and self.context.now - start.at < KEYFRAME_INTERVAL:
            self.waiting = [feed for feed in self.waiting if not feed.catch_up(self, start)]

    def request_keyframe(self) -> None:
        """Ask the publisher, now or as soon as the last request is old enough."""
        now = self.context.now
        if not self._video:
            return
        if now - self._keyframe_asked < KEYFRAME_INTERVAL:
            self._keyframe_due = True
            return
        self._keyframe_asked = now
        self._keyframe_due = self._awaited = False
        self.context.counters.keyframe_requests += 1
        self.track.peer.send_rtcp(rtcp.picture_loss(self.track.peer.feedback_ssrc, self.ssrc))

    def tick(self, rtt: float) -> None:
        """Every few milliseconds: ask for what is missing."""
        now = self.context.now
        if self.waiting:
            self._catch_up()
        silence = now - self._keyframe_asked
        due = self._keyframe_due or (self._awaited and self.waiting)
        if (due and silence >= KEYFRAME_INTERVAL) or (self.waiting and silence >= KEYFRAME_RETRY):
            self.request_keyframe()
        if self.detector.missing and not self.held:
            wanted = self.detector.due(now, rtt)
            if wanted:
                self.context.counters.nacks_sent += len(wanted)
                self.track.peer.send_rtcp(rtcp.nack(self.track.peer.feedback_ssrc, self.ssrc, wanted))

    def sender_report(self, report: rtcp.SenderReport) -> None:
        """Pass it on to everybody in the numbers they know."""
        self.reception.sender_report(report, self.context.now)
        for group in self.groups:
            for feed in group.feeds:
                feed.send_report(report)

    def measure(self) -> None:
        """Once a second: the layer's bitrates."""
        before, octets = self._measured
        now = self.context.now
        if now > before:
            self.bitrate = (self.octets - octets) * 8 / (now - before)
            self.usual = max(self.bitrate, self.usual + (self.bitrate - self.usual) / 4)
            self._measured = now, self.octets

    def timestamp_offset(self, other: InboundStream) -> int | None:
        """What turns timestamps of ``other`` into this stream's, by both sender reports; None while one is unknown."""
        if other is self:
            return 0
        mine, theirs = self.reception.report, other.reception.report
        if mine is None or theirs is None:
            return None
        elapsed = round((theirs.ntp - mine.ntp) / 4_294_967_296 * self.track.clock_rate)
        return extend32((mine.rtp + elapsed - theirs.rtp) & 0xFFFFFFFF, self._timestamp - other._timestamp)
