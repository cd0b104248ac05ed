"""A published track: its layers, who receives it, and the gate in front of both."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from signaling.media import rtp
from signaling.media.dynacast import Dynacast
from signaling.media.interface import Encoding, Kind, Quality, TrackListener, Uplink
from signaling.media.layers import TYPICAL
from signaling.media.speakers import AudioLevel
from signaling.media.stream import InboundStream

if TYPE_CHECKING:
    from signaling.media.context import Context
    from signaling.media.feed import SubscribedFeed
    from signaling.media.peer import PeerConnection


class PublishedTrack:
    """Owned by the publisher's peer. Closing it closes every feed of it."""

    def __init__(self, context: Context, peer: PeerConnection, uplink: Uplink, listener: TrackListener) -> None:
        codec = uplink.codecs[0]
        self.context = context
        self.peer = peer
        self.uplink = uplink
        self.kind: Kind = uplink.kind
        self.mime = codec.mime.lower()
        self.clock_rate = codec.clock_rate
        self.payload_types = frozenset(c.payload_type for c in uplink.codecs if c.mime.lower() == self.mime)
        self.repair_types = frozenset(
            c.rtx_payload_type for c in uplink.codecs if c.mime.lower() == self.mime and c.rtx_payload_type is not None
        )
        self.ssrc: int = context.new_ssrc()
        self.rtx_ssrc: int | None = context.new_ssrc() if self.kind is Kind.VIDEO else None
        self.cname: str = secrets.token_hex(8)
        self.forwarding = True
        self.layers: dict[Quality, InboundStream] = {}
        self.feeds: list[SubscribedFeed] = []
        self.level = AudioLevel()
        self.level_id = uplink.extensions.get(rtp.AUDIO_LEVEL, -1) if self.kind is Kind.AUDIO else -1
        self.listener = listener
        self.closed = False
        self._dynacast = Dynacast(context.now)
        self._available: list[Quality] = []

    def bind(self, ssrc: int, encoding: Encoding) -> InboundStream:
        """A layer's SSRC has shown itself. A new one for a known layer replaces it: the encoder was restarted."""
        stream = InboundStream(self.context, self, ssrc, encoding.quality, encoding.bitrate)
        stream.held = not self.forwarding
        replaced = self.layers.get(encoding.quality)
        self.layers[encoding.quality] = stream
        if replaced is not None:
            self.peer.inbound.retire(replaced.ssrc)
        self.layers_changed()
        return stream

    def layers_changed(self) -> None:
        """A layer has come or gone: every feed looks again for the best it can have."""
        self._available = self.available()
        for feed in list(self.feeds):
            feed.refresh()

    def available(self) -> list[Quality]:
        """Layers that packets arrive for, lowest first. When none runs, all that ever did: a screen that does not
        change sends nothing, and is not gone."""
        running = [quality for quality, stream in self.layers.items() if stream.active]
        return sorted(running or self.layers)

    def encoding(self, quality: Quality) -> Encoding | None:
        return next((e for e in self.uplink.encodings if e.quality is quality), None)

    def cost(self, quality: Quality) -> float:
        """bit/s of a layer: measured while it runs, else announced, else what such a layer usually takes."""
        stream = self.layers.get(quality)
        if stream is not None and stream.active and stream.usual:
            return stream.usual
        encoding = self.encoding(quality)
        return encoding.bitrate if encoding is not None and encoding.bitrate else TYPICAL[quality]

    def update_demand(self) -> None:
        """Tell the publisher which layers are of use, when that has changed."""
        if self.kind is not Kind.VIDEO or self.closed:
            return
        demand = max((wanted for feed in self.feeds if (wanted := feed.demand()) is not None), default=None)
        if self._dynacast.update(demand, self.context.now):
            layers = self._dynacast.wanted(encoding.quality for encoding in self.uplink.encodings)
            self.peer.later(lambda: None if self.closed else self.listener.layers_wanted(self, layers))

    def every_second(self) -> None:
        self.update_demand()
        if self._available != self.available():
            self.layers_changed()

    def set_forwarding(self, on: bool) -> None:
        """The server's gate. Video starts again with a key frame, audio with its next packet."""
        if on == self.forwarding:
            return
        self.forwarding = on
        for feed in list(self.feeds):
            feed.refresh()

    def audio_level(self, now: float) -> float:
        """See ``interface.Track``; ``now`` is the loop's time. Who is behind a closed gate is not heard."""
        return self.level.value(now) if self.forwarding else 0.0

    def close(self) -> None:
        """Idempotent."""
        if self.closed:
            return
        self.closed = True
        for feed in list(self.feeds):
            feed.close()
        self.peer.unpublish(self)
