"""Rooms of the PyPI LiveKit SDK with synthetic sound and pictures: real encoders and decoders, no browser."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import numpy as np
from livekit import rtc

RATE = 48_000
WIDTH, HEIGHT = 640, 360


@dataclass
class Heard:
    """What arrives of one remote track."""

    frames: int = 0
    loudest: int = 0  # of a 16-bit sample


@dataclass
class Guest:
    """One connected participant; counts what it receives of each track."""

    room: rtc.Room
    heard: dict[str, Heard] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def listen(self, track: rtc.Track) -> None:
        counter = self.heard.setdefault(track.sid, Heard())
        video = track.kind == rtc.TrackKind.KIND_VIDEO
        self.kinds[track.sid] = "video" if video else "audio"
        work = self._watch(track, counter) if video else self._hear(track, counter)
        self.tasks.append(asyncio.create_task(work))

    async def _watch(self, track: rtc.Track, counter: Heard) -> None:
        async for _ in rtc.VideoStream(track):
            counter.frames += 1

    async def _hear(self, track: rtc.Track, counter: Heard) -> None:
        async for event in rtc.AudioStream(track):
            counter.frames += 1
            counter.loudest = max(counter.loudest, int(np.abs(np.frombuffer(event.frame.data, dtype=np.int16)).max()))

    async def publish_microphone(self, called: int = rtc.TrackSource.SOURCE_MICROPHONE) -> str:
        """``called``: the source it says it is."""
        source = rtc.AudioSource(RATE, 1)
        track = rtc.LocalAudioTrack.create_audio_track("microphone", source)
        options = rtc.TrackPublishOptions(source=called)  # type: ignore[arg-type]
        self.tasks.append(asyncio.create_task(_sing(source)))
        publication = await self.room.local_participant.publish_track(track, options)
        return str(publication.sid)

    async def publish_camera(self, codec: int | None = None) -> str:
        source = rtc.VideoSource(WIDTH, HEIGHT)
        track = rtc.LocalVideoTrack.create_video_track("camera", source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_CAMERA)
        if codec is not None:
            options.video_codec = codec  # type: ignore[assignment]
        self.tasks.append(asyncio.create_task(_paint(source)))
        publication = await self.room.local_participant.publish_track(track, options)
        return str(publication.sid)


async def _sing(source: rtc.AudioSource) -> None:
    tone = (np.sin(np.arange(RATE // 100) / RATE * 2 * np.pi * 500) * 12_000).astype(np.int16).tobytes()
    while True:
        await source.capture_frame(rtc.AudioFrame(tone, RATE, 1, RATE // 100))


async def _paint(source: rtc.VideoSource) -> None:
    picture = np.zeros((HEIGHT, WIDTH, 4), dtype=np.uint8)
    while True:
        picture[:, :, 0] += 7
        source.capture_frame(rtc.VideoFrame(WIDTH, HEIGHT, rtc.VideoBufferType.RGBA, picture.tobytes()))
        await asyncio.sleep(1 / 15)


@asynccontextmanager
async def guest(port: int, token: str, *, auto_subscribe: bool = True) -> AsyncIterator[Guest]:
    room = rtc.Room()
    joined = Guest(room)
    room.on("track_subscribed", lambda track, publication, participant: joined.listen(track))
    await room.connect(f"ws://127.0.0.1:{port}", token, rtc.RoomOptions(auto_subscribe=auto_subscribe))
    try:
        yield joined
    finally:
        for task in joined.tasks:
            task.cancel()
        await asyncio.gather(*joined.tasks, return_exceptions=True)
        with contextlib.suppress(Exception):
            await room.disconnect()
