"""A ten-second camera and microphone recording, encoded once with libvpx and libopus and cut into RTP payloads.

Each layer begins with its only key frame, so playing it from the start is always decodable: that is what a sender does
when a key frame is asked for. The result is kept in a cache file, because encoding takes some seconds.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import numpy as np

from tests.peers import vp8

CACHE = Path(__file__).resolve().parents[2] / ".cache"
SECONDS = 10
MAX_PAYLOAD = 1150  # of a packet, descriptor included: Chromium's packets end up near 1,200 bytes
OPUS_FRAME = 0.02  # seconds


@dataclass(frozen=True, slots=True)
class Layer:
    """One simulcast encoding. ``frames`` holds for each frame its pieces without payload descriptor."""

    rid: str
    width: int
    height: int
    bitrate: int
    rate: int  # frames per second
    frames: tuple[tuple[bytes, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Recording:
    layers: tuple[Layer, ...]  # lowest first
    audio: tuple[bytes, ...]  # Opus packets of 20 ms


LADDER = (
    Layer("q", 320, 180, 150_000, 15),
    Layer("h", 640, 360, 500_000, 20),
    Layer("f", 1280, 720, 1_700_000, 30),
)


@cache
def recording() -> Recording:
    name = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:16]
    path = CACHE / f"recording-{name}.bin"
    if not path.exists():
        CACHE.mkdir(exist_ok=True)
        partial = path.with_suffix(f".{os.getpid()}")
        partial.write_bytes(_pack([*(_encode_video(layer) for layer in LADDER), _encode_audio()]))
        partial.replace(path)  # several processes may have made it at once
    *videos, audio = _unpack(path.read_bytes())
    layers = tuple(
        replace(layer, frames=tuple(_pieces(frame) for frame in frames))
        for layer, frames in zip(LADDER, videos, strict=True)
    )
    return Recording(layers, tuple(audio))


def _pieces(frame: bytes) -> tuple[bytes, ...]:
    """Of nearly equal size, as libwebrtc splits."""
    room = MAX_PAYLOAD - vp8.DESCRIPTOR_SIZE
    count = -(-len(frame) // room)
    size = -(-len(frame) // count)
    return tuple(frame[i : i + size] for i in range(0, len(frame), size))


def _encode_video(layer: Layer) -> list[bytes]:
    encoder = av.CodecContext.create("libvpx", "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = layer.width, layer.height, "yuv420p"
    encoder.framerate, encoder.time_base = Fraction(layer.rate), Fraction(1, layer.rate)
    encoder.bit_rate = layer.bitrate
    rate = str(layer.bitrate)
    encoder.options = {
        "deadline": "realtime", "cpu-used": "6", "lag-in-frames": "0", "g": "100000", "auto-alt-ref": "0",
        "minrate": rate, "maxrate": rate, "bufsize": str(layer.bitrate // 2), "static-thresh": "0",
        "qmin": "2", "qmax": "56", "max-intra-rate": "900", "undershoot-pct": "50",
    }  # fmt: skip
    frames: list[bytes] = []
    for number, picture in enumerate(_pictures(layer)):
        frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
        frame.pts = number
        frames += [bytes(packet) for packet in encoder.encode(frame)]
    return frames + [bytes(packet) for packet in encoder.encode(None)]


def _pictures(layer: Layer) -> Iterator[np.ndarray[tuple[int, int], np.dtype[np.uint8]]]:
    """A textured wall seen by a slowly moving camera with sensor noise: enough detail to use up the bitrate."""
    source = np.random.default_rng(7)
    height, width = layer.height, layer.width
    block = max(4, height // 45)
    small = source.integers(40, 215, (height // block + 8, width // block + 8), dtype=np.uint8)
    wall = np.kron(small, np.ones((block, block), dtype=np.uint8))
    noise = source.integers(-9, 10, (8, height, width), dtype=np.int16)
    chroma = np.full((height // 2, width), 128, dtype=np.uint8)
    for number in range(layer.rate * SECONDS):
        shift = int(number / layer.rate * height / 20)
        luma = wall[shift % block : shift % block + height, shift % (4 * block) : shift % (4 * block) + width]
        yield np.vstack(((luma + noise[number % 8]).clip(16, 235).astype(np.uint8), chroma))


def _encode_audio() -> list[bytes]:
    encoder = av.CodecContext.create("libopus", "w")
    assert isinstance(encoder, av.AudioCodecContext)
    encoder.sample_rate, encoder.layout, encoder.format = 48_000, "mono", "s16"
    encoder.bit_rate = 32_000
    encoder.options = {"application": "voip", "frame_duration": "20"}
    samples = int(48_000 * OPUS_FRAME)
    source = np.random.default_rng(7)
    packets: list[bytes] = []
    for number in range(int(SECONDS / OPUS_FRAME)):
        moment = (np.arange(samples) + number * samples) / 48_000
        voice = 6000 * np.sin(2 * np.pi * 180 * moment) * (1 + np.sin(2 * np.pi * 3 * moment))
        wave = (voice + source.normal(0, 600, samples)).clip(-32768, 32767).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(wave[np.newaxis, :], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, number * samples, Fraction(1, 48_000)
        packets += [bytes(packet) for packet in encoder.encode(frame)]
    return packets


def _pack(streams: list[list[bytes]]) -> bytes:
    """Count of packets of every stream, then each packet with its length before it."""
    out = bytearray()
    for packets in streams:
        out += struct.pack("!I", len(packets))
        for packet in packets:
            out += struct.pack("!I", len(packet)) + packet
    return bytes(out)


def _unpack(data: bytes) -> list[list[bytes]]:
    streams: list[list[bytes]] = []
    at = 0
    while at < len(data):
        (count,) = struct.unpack_from("!I", data, at)
        at += 4
        packets: list[bytes] = []
        for _ in range(count):
            (size,) = struct.unpack_from("!I", data, at)
            packets.append(data[at + 4 : at + 4 + size])
            at += 4 + size
        streams.append(packets)
    return streams
