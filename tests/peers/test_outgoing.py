from __future__ import annotations

import itertools

from tests.peers import vp8
from tests.peers.outgoing import PACING, Camera, Microphone, Outgoing, SimulcastLayer, resend_payload
from tests.peers.recording import Layer

STEP = 0.004


def stream(clock_rate: int = 90_000) -> Outgoing:
    return Outgoing(ssrc=7, payload_type=96, clock_rate=clock_rate, extensions={})


def layer(*, size: int = 2_000, bitrate: int = 480_000) -> Layer:
    """Frames of two packets each, the first of them a key frame."""
    key, delta = bytes(size // 2), b"\x01" + bytes(size // 2 - 1)
    return Layer("q", 320, 180, bitrate, 30, ((key, bytes(size // 2)), *(((delta, bytes(size // 2)),) * 9)))


class Sent:
    """Collects what is emitted, with the moment."""

    def __init__(self) -> None:
        self.now = 0.0
        self.packets: list[tuple[float, bytes, bytes, bool, int]] = []

    def emit(self, stream: Outgoing, descriptor: bytes, payload: bytes, marker: bool, timestamp: int) -> None:
        self.packets.append((self.now, descriptor, payload, marker, timestamp))

    def run(self, source: Camera | Microphone, seconds: float) -> None:
        end = self.now + seconds
        while self.now < end:
            source.due(self.now, self.emit)
            self.now += STEP

    def keys(self) -> int:
        """Key frames among them."""
        described = (
            vp8.read(memoryview(descriptor + payload), 0, len(descriptor) + len(payload))
            for _, descriptor, payload, _, _ in self.packets
        )
        return sum(1 for d in described if d is not None and d.key)


def test_a_camera_keeps_its_rate_and_paces_its_packets() -> None:
    sent = Sent()
    sent.run(Camera([SimulcastLayer(stream(), layer(), 0.0)], 0.0), 2.0)
    frames = sum(1 for packet in sent.packets if packet[3])
    assert 58 <= frames <= 60
    allowed = 480_000 * PACING / 8
    for start in range(len(sent.packets) - 20):
        window = sent.packets[start : start + 20]
        assert sum(len(p[2]) for p in window[1:-1]) <= allowed * (window[-1][0] - window[0][0] + 0.03)


def test_a_request_is_answered_with_a_key_frame_and_consecutive_picture_ids() -> None:
    sent, only = Sent(), SimulcastLayer(stream(), layer(), 0.0)
    camera = Camera([only], 0.0)
    sent.run(camera, 0.2)
    assert sent.keys() == 1
    only.key_frame()
    sent.run(camera, 0.1)
    assert sent.keys() == 2
    pictures = [vp8.read(memoryview(d + p), 0, len(d + p)) for _, d, p, _, _ in sent.packets]
    numbers = [picture.picture_id for picture in pictures if picture is not None and picture.begins]
    assert [(b - a) % vp8.PICTURE_IDS for a, b in itertools.pairwise(numbers)] == [1] * (len(numbers) - 1)


def test_a_layer_nobody_watches_is_silent_and_resumes_with_a_key_frame() -> None:
    sent, only = Sent(), SimulcastLayer(stream(), layer(), 0.0)
    camera = Camera([only], 0.0)
    sent.run(camera, 0.2)
    only.want(False)
    sent.run(camera, 0.1)
    before = len(sent.packets)
    sent.run(camera, 0.5)
    assert len(sent.packets) == before
    only.want(True)
    sent.run(camera, 0.1)
    assert sent.keys() == 2


def test_a_microphone_sends_fifty_packets_a_second_and_nearly_none_when_muted() -> None:
    sent, microphone = Sent(), Microphone(stream(48_000), (b"opus",), 0.0)
    sent.run(microphone, 2.0)
    assert 99 <= len(sent.packets) <= 101
    stamps = [packet[4] for packet in sent.packets]
    assert {(b - a) % (1 << 32) for a, b in itertools.pairwise(stamps)} == {960}
    microphone.on = False
    before = len(sent.packets)
    sent.run(microphone, 2.0)
    assert 4 <= len(sent.packets) - before <= 6


def test_a_process_that_slept_does_not_send_what_it_missed() -> None:
    sent, microphone = Sent(), Microphone(stream(48_000), (b"opus",), 0.0)
    sent.run(microphone, 0.1)
    before = len(sent.packets)
    sent.now += 3.0
    sent.run(microphone, 0.02)
    assert len(sent.packets) - before <= 3


def test_the_history_forgets_what_is_old() -> None:
    only = stream()
    for number in range(0xFF00, 0xFF00 + 1000):
        only.remember(number & 0xFFFF, bytes(1))
    assert len(only.history) == 400
    assert (0xFF00 + 999) & 0xFFFF in only.history


def test_a_repair_packet_carries_the_original_number_before_the_payload() -> None:
    packet = bytes((0x80, 96, 0x12, 0x34)) + bytes(8) + b"payload"
    assert resend_payload(packet) == (0x1234, b"\x12\x34payload")
