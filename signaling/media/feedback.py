"""RTCP of one peer, both ways: what it says about what we send, what we say about what it sends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signaling.media import rtcp
from signaling.media.interface import PeerStats
from signaling.media.layers import least
from signaling.media.pace import Pace

if TYPE_CHECKING:
    from signaling.media.peer import PeerConnection

TRANSPORT_FEEDBACK = 0.06
DEFAULT_RTT = 0.1


class Feedback:
    def __init__(self, peer: PeerConnection) -> None:
        self._peer = peer
        self._reported_at = 0.0
        self._uplink_loss = 0.0
        self._last_in = 0
        self._last_second = 0.0
        self._uplink_rate = 0.0
        self._pace = Pace()
        self.rtt: float | None = None

    def received(self, messages: list[rtcp.Message]) -> None:
        """Authenticated RTCP from the client."""
        peer = self._peer
        for message in messages:
            match message:
                case rtcp.SenderReport(ssrc=ssrc):
                    stream = peer.inbound.streams.get(ssrc)
                    if stream is not None:
                        stream.sender_report(message)
                case rtcp.Reports(blocks=blocks):
                    for block in blocks:
                        self._block(block)
                case rtcp.Nack(media=media, numbers=numbers):
                    feed = peer.feeds.get(media)
                    if feed is not None:
                        feed.resend(numbers)
                case rtcp.KeyframeRequest(media=media):
                    feed = peer.feeds.get(media)
                    if feed is not None and feed.stream is not None:
                        feed.stream.request_keyframe()
                case rtcp.Remb(bitrate=bitrate):
                    self._remb(bitrate)
                case rtcp.Bye():
                    pass  # signalling says when a track ends

    def _remb(self, bitrate: float) -> None:
        peer = self._peer
        fell = peer.downstream.remb(
            bitrate,
            sending=peer.sending_rate(),
            steady=self._pace.steady(),
            least=least(peer.demands()),
            now=peer.context.now,
        )
        if fell:
            peer.reallocate()

    def _block(self, block: rtcp.Block) -> None:
        feed = self._peer.feeds.get(block.ssrc)
        if feed is None or block.ssrc != feed.track.ssrc:
            return
        peer = self._peer
        if peer.downstream.loss(block.fraction, sending=peer.sending_rate(), now=peer.context.now):
            peer.reallocate()
        rtt = feed.round_trip(block)
        if rtt is not None:
            self.rtt = rtt if self.rtt is None else self.rtt + (rtt - self.rtt) / 8

    def tick(self) -> None:
        """Every few milliseconds."""
        peer = self._peer
        streams = peer.inbound.streams
        if not peer.flowing:
            return
        if self._pace.due(peer.context.now):
            self._pace.note(peer.sent_octets(), peer.context.now)
        if not streams:
            return
        rtt = DEFAULT_RTT if self.rtt is None else self.rtt
        for stream in streams.values():
            stream.tick(rtt)
        now = peer.context.now
        if peer.inbound.arrivals.arrivals and now - self._reported_at >= TRANSPORT_FEEDBACK:
            self._reported_at = now
            for packet in peer.inbound.arrivals.feedback(peer.feedback_ssrc, next(iter(streams))):
                peer.send_rtcp(packet)

    def every_second(self) -> None:
        peer = self._peer
        now = peer.context.now
        blocks: list[rtcp.Block] = []
        expected_loss: list[float] = []
        for stream in peer.inbound.streams.values():
            stream.measure()
            block = stream.reception.block(now)
            if block is not None and stream.active:
                blocks.append(block)
                expected_loss.append(block.fraction)
        for packet in rtcp.receiver_report(peer.feedback_ssrc, blocks):
            peer.send_rtcp(packet)
        self._uplink_loss = max(expected_loss, default=0.0)
        if now > self._last_second:
            self._uplink_rate = (peer.inbound.octets - self._last_in) * 8 / (now - self._last_second)
        self._last_in, self._last_second = peer.inbound.octets, now

    def stats(self) -> PeerStats:
        peer = self._peer
        return PeerStats(
            uplink_loss=self._uplink_loss,
            downlink_loss=peer.downstream.recent_loss,
            rtt=self.rtt,
            uplink_bitrate=self._uplink_rate,
            downlink_bitrate=peer.sending_rate(voice=True),
            downlink_estimate=peer.downstream.estimate,
        )
