"""What one peer publishes: a camera with its layers or a microphone, from the track request to the first packet."""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import Mapping

from livekit.protocol import models, rtc

from tests.peers import rtp
from tests.peers.description import Answered, Kind, Section
from tests.peers.media import Media
from tests.peers.outgoing import Camera, Microphone, Outgoing, SimulcastLayer
from tests.peers.recording import Layer, recording

SPEECH = 30  # -dBov
RAMP = {"h": 1.5, "f": 6.0}  # seconds until a browser's bandwidth estimate lets a layer begin

_QUALITIES = {"q": models.VideoQuality.LOW, "h": models.VideoQuality.MEDIUM, "f": models.VideoQuality.HIGH}


class Publication:
    """``kind`` audio: a microphone; video: a camera with ``layers`` (all of the recording by default)."""

    def __init__(
        self,
        kind: Kind,
        *,
        source: models.TrackSource | None = None,
        layers: tuple[Layer, ...] | None = None,
        muted: bool = False,
        level: int = SPEECH,
    ) -> None:
        default = models.TrackSource.MICROPHONE if kind == "audio" else models.TrackSource.CAMERA
        self.kind: Kind = kind
        self.source = default if source is None else source
        self.cid = str(uuid.uuid4())
        self.sid = ""
        self.muted = muted
        self.section: Section | None = None
        self.published: asyncio.Future[None] | None = None
        self.sending: Microphone | Camera | None = None
        self._layers = (recording().layers if layers is None else layers) if kind == "video" else ()
        self._level = level

    @property
    def rids(self) -> tuple[str, ...]:
        return tuple(layer.rid for layer in self._layers) if len(self._layers) > 1 else ()

    def request(self) -> rtc.AddTrackRequest:
        """What the client announces before its offer carries the track."""
        request = rtc.AddTrackRequest(cid=self.cid, source=self.source, muted=self.muted)
        if self.kind == "audio":
            request.type, request.name = models.TrackType.AUDIO, "microphone"
            return request
        top = self._layers[-1]
        layers = [
            models.VideoLayer(
                quality=_QUALITIES[layer.rid] if len(self._layers) > 1 else models.VideoQuality.HIGH,
                width=layer.width,
                height=layer.height,
                bitrate=layer.bitrate,
            )
            for layer in self._layers
        ]
        request.type, request.name = models.TrackType.VIDEO, "camera"
        request.width, request.height = top.width, top.height
        request.layers.extend(layers)
        request.simulcast_codecs.append(rtc.SimulcastCodec(codec="vp8", cid=self.cid, layers=layers))
        return request

    def start(self, media: Media, section: Answered, now: float) -> None:
        """Begins to send, with the formats and extensions of the answer."""
        assert self.section is not None
        if self.kind == "audio":
            stream = _outgoing(section, "opus", 48_000, self.section.ssrc)
            stream.name(mid=section.mid)
            stream.level = 127 if self.muted else self._level
            microphone = Microphone(stream, recording().audio, now)
            microphone.on = not self.muted
            self.sending = microphone
            media.add_microphone(microphone)
            return
        layers: list[SimulcastLayer] = []
        repairs: dict[int, Outgoing] = {}
        for layer in self._layers:
            rid = layer.rid if self.rids else ""
            stream = _outgoing(section, "vp8", 90_000, 0 if rid else self.section.ssrc)
            stream.name(mid=section.mid, rid=rid)
            layers.append(SimulcastLayer(stream, layer, now, RAMP.get(rid, 0.0)))
            if any(repaired == stream.payload_type for repaired in section.repairs.values()):
                repairs[stream.ssrc] = _repair(section, stream, rid)
        camera = Camera(layers, now)
        camera.on = not self.muted
        self.sending = camera
        media.add_camera(camera, repairs)

    def settle(self) -> None:
        """Published once it has both a name and an answered section."""
        if self.sid and self.sending and self.published is not None and not self.published.done():
            self.published.set_result(None)

    def mute(self, muted: bool) -> None:
        self.muted = muted
        if self.sending is not None:
            self.sending.on = not muted
            if isinstance(self.sending, Microphone):
                self.sending.stream.level = 127 if muted else self._level

    def want(self, qualities: Mapping[models.VideoQuality, bool]) -> None:
        """Dynacast: which layers somebody watches."""
        if isinstance(self.sending, Camera) and len(self.sending.layers) > 1:
            for layer in self.sending.layers:
                layer.want(qualities.get(_QUALITIES[layer.layer.rid], False))


def _outgoing(section: Answered, encoding: str, clock_rate: int, ssrc: int) -> Outgoing:
    payload_type = next(number for number, name in section.payloads.items() if name == encoding)
    return Outgoing(
        ssrc=ssrc or random.randrange(1, 1 << 32),
        payload_type=payload_type,
        clock_rate=clock_rate,
        extensions=section.extensions,
    )


def _repair(section: Answered, stream: Outgoing, rid: str) -> Outgoing:
    payload_type = next(n for n, repaired in section.repairs.items() if repaired == stream.payload_type)
    repair = Outgoing(
        ssrc=random.randrange(1, 1 << 32), payload_type=payload_type, clock_rate=90_000, extensions=section.extensions
    )
    repair.template = rtp.header_template(
        payload_type=payload_type,
        ssrc=repair.ssrc,
        extensions=section.extensions,
        mid=section.mid,
        rid=rid,
        repaired=True,
    )
    return repair
