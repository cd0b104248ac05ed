"""The RTP side of one peer: binds SSRCs to the answer's sections, counts, repairs, reports. No socket."""

from __future__ import annotations

import dataclasses
import random
import struct
from collections.abc import Callable, Iterable, Mapping

from tests.peers import rtp
from tests.peers.description import Answered
from tests.peers.incoming import Stream, Totals, Video
from tests.peers.outgoing import Camera, Microphone, Outgoing, SimulcastLayer, resend_payload

REPORTS = 1.0  # seconds between receiver reports, sender reports and REMB
_PAIR = struct.Struct("!HI")


class Media:
    """``send`` protects and sends the plain RTP packet of the given size laid out in ``out`` and returns what was sent,
    ``send_rtcp`` one compound packet, ``resend`` bytes that are protected already."""

    def __init__(
        self,
        *,
        cname: str,
        out: memoryview,
        send: Callable[[int], bytes],
        send_rtcp: Callable[[bytes], None],
        resend: Callable[[bytes], None],
        on_frame: Callable[[str, float], None],
    ) -> None:
        self.cname = cname
        self.ssrc = random.randrange(1, 1 << 32)  # in receiver reports of one that sends nothing
        self.streams: dict[int, Stream] = {}
        self.tracks: dict[int, str] = {}  # SSRC → the server's track id
        self.microphones: list[Microphone] = []
        self.cameras: list[Camera] = []
        self.sending: dict[int, Outgoing] = {}
        self.repairing: dict[int, Outgoing] = {}  # media SSRC → its RTX stream
        self.ended = Totals()
        self.sent_packets = self.sent_bytes = self.feedback = self.unbound = self.transport_sequence = 0
        self.estimate_sent = 0.0
        self.remb_received = 0.0
        self._out, self._send, self._send_rtcp, self._resend = out, send, send_rtcp, resend
        self._on_frame = on_frame
        self._known: dict[int, tuple[str, str]] = {}  # SSRC → kind, track, from the answer
        self._repairs: dict[int, int] = {}  # RTX SSRC → media SSRC
        self._layers: dict[int, SimulcastLayer] = {}
        self._troubled: set[Stream] = set()
        self._now = 0.0
        self._next_report = 0.0
        self._bytes_before = (0, 0.0)
        self._estimate = 300_000.0

    # --- what the answer says -------------------------------------------------------------------------------------

    def answered(self, sections: Iterable[Answered], received_mids: Mapping[str, str]) -> None:
        """``received_mids`` maps mids to track ids where the server sends."""
        known: dict[int, tuple[str, str]] = {}
        for section in sections:
            if (track := received_mids.get(section.mid)) is None:
                continue
            for ssrc in section.ssrcs - set(section.repaired_by.values()):
                known[ssrc] = (section.kind, track)
            self._repairs |= {repair: media for media, repair in section.repaired_by.items()}
        for ssrc in [s for s in self.streams if s not in known]:
            self._troubled.discard(self.streams[ssrc])
            self.ended.add(self.streams.pop(ssrc))
            self.tracks.pop(ssrc, None)
        self._known = known

    def add_microphone(self, microphone: Microphone) -> None:
        self.microphones.append(microphone)
        self.sending[microphone.stream.ssrc] = microphone.stream

    def add_camera(self, camera: Camera, repairs: Mapping[int, Outgoing]) -> None:
        self.cameras.append(camera)
        for layer in camera.layers:
            self.sending[layer.stream.ssrc] = layer.stream
            self._layers[layer.stream.ssrc] = layer
        self.repairing |= repairs

    # --- out ------------------------------------------------------------------------------------------------------

    def beat(self, now: float, wall: float) -> None:
        self._now = now
        for microphone in self.microphones:
            microphone.due(now, self._emit)
        for camera in self.cameras:
            camera.due(now, self._emit)
        if self._troubled:
            self._repair(now)
        if now >= self._next_report:
            self._next_report = now + REPORTS * random.uniform(0.9, 1.1)
            self._report(now, wall)

    def _emit(self, stream: Outgoing, descriptor: bytes, payload: bytes, marker: bool, timestamp: int) -> None:
        out, template = self._out, stream.template
        header = len(template.data)
        out[:header] = template.data
        if marker:
            out[1] |= 0x80
        _PAIR.pack_into(out, 2, stream.sequence, timestamp)
        if at := template.abs_send_time:
            out[at : at + 3] = (int(self._now * (1 << 18)) & 0xFFFFFF).to_bytes(3, "big")
        if at := template.transport_sequence:
            self.transport_sequence = self.transport_sequence + 1 & 0xFFFF
            out[at : at + 2] = self.transport_sequence.to_bytes(2, "big")
        if at := template.audio_level:
            out[at] = (0x80 if stream.level < 127 else 0) | stream.level
        body = header + len(descriptor)
        out[header:body] = descriptor
        size = body + len(payload)
        out[body:size] = payload
        plain = bytes(out[:size]) if stream.ssrc in self.repairing else b""
        protected = self._send(size)
        if descriptor:
            stream.remember(stream.sequence, plain or protected)
        stream.sequence = stream.sequence + 1 & 0xFFFF
        stream.packets += 1
        stream.octets += len(payload)
        stream.last_timestamp, stream.last_at = timestamp, self._now
        self.sent_packets += 1
        self.sent_bytes += size

    def _repair(self, now: float) -> None:
        for stream in list(self._troubled):
            if stream.holes and (numbers := stream.missing(now)):
                self._send_rtcp(rtp.nack(self.ssrc, stream.ssrc, numbers))
            if isinstance(stream, Video) and stream.wants_key_frame(now):
                self._send_rtcp(rtp.picture_loss(self.ssrc, stream.ssrc))
            if not stream.holes and not stream.wish:
                self._troubled.discard(stream)

    def _report(self, now: float, wall: float) -> None:
        for stream in self.sending.values():
            if stream.packets:
                self._send_rtcp(
                    rtp.sender_report(
                        stream.ssrc,
                        wall=wall,
                        rtp_time=stream.rtp_time(now),
                        packets=stream.packets,
                        octets=stream.octets,
                    )
                    + rtp.description(stream.ssrc, self.cname)
                )
        if not self.streams:
            return
        compound = rtp.receiver_report(self.ssrc, [s.report(now) for s in self.streams.values()])
        self._send_rtcp(compound + rtp.description(self.ssrc, self.cname))
        video = [s.ssrc for s in self.streams.values() if isinstance(s, Video)]
        if video:
            self._send_rtcp(rtp.remb(self.ssrc, self._raise_estimate(now), video[:200]))

    def _raise_estimate(self, now: float) -> float:
        """What a delay-based estimator says on a link without congestion: +8 % a second up to 1.5 × what arrives."""
        total = sum(s.bytes for s in self.streams.values()) + self.ended.bytes
        before, at = self._bytes_before
        self._bytes_before = (total, now)
        if at:
            incoming = (total - before) * 8 / (now - at)
            ceiling = 1.5 * incoming + 10_000
            if ceiling > self._estimate:
                self._estimate = min(ceiling, max(self._estimate * 1.08, incoming))
        self.estimate_sent = self._estimate
        return self._estimate

    # --- in -------------------------------------------------------------------------------------------------------

    def received(self, packet: memoryview, size: int, now: float) -> None:
        """A plain RTP packet in the arena."""
        first, second, sequence, timestamp, ssrc = rtp.HEADER.unpack_from(packet)
        start = 12
        if first & 0x1F:
            start = rtp.payload_start(packet, size)
        end = size - packet[size - 1] if first & 0x20 else size
        stream = self.streams.get(ssrc)
        if stream is None:
            if ssrc in self._repairs:
                stream = self.streams.get(self._repairs[ssrc])
                if stream is None or end - start < 2:
                    return
                sequence = packet[start] << 8 | packet[start + 1]
                start += 2
            else:
                stream = self._bind(ssrc)
                if stream is None:
                    self.unbound += 1
                    return
        number = stream.packet(sequence, timestamp, size, now)
        if number is None:
            return
        if isinstance(stream, Video):
            stream.payload(number, packet, start, max(start, end), marker=second & 0x80 != 0, now=now)
        if stream.holes or stream.wish:
            self._troubled.add(stream)

    def _bind(self, ssrc: int) -> Stream | None:
        if (known := self._known.get(ssrc)) is None:
            return None
        kind, track = known
        stream = Video(ssrc, self._frame) if kind == "video" else Stream(ssrc, 48_000)
        self.streams[ssrc] = stream
        self.tracks[ssrc] = track
        return stream

    def _frame(self, video: Video, now: float) -> None:
        self._on_frame(self.tracks[video.ssrc], now)

    def received_rtcp(self, data: bytes, now: float) -> None:
        for part in rtp.parts(data):
            if part.kind in (rtp.SR, rtp.RR):
                if part.kind == rtp.SR and len(part.body) >= 24:
                    ssrc, middle = struct.unpack_from("!I2xI", part.body)
                    if stream := self.streams.get(ssrc):
                        stream.sender_report = (middle, now)
                for report in rtp.reports(part):
                    self._acknowledged(report)
            elif len(part.body) >= 8:
                self._feedback(part)

    def _acknowledged(self, report: rtp.Report) -> None:
        """Once the server reports on an SSRC the browser stops sending MID and RID on it."""
        if stream := self.sending.get(report.ssrc):
            stream.remote_lost = report.lost
            stream.name(mid="")

    def _feedback(self, part: rtp.Part) -> None:
        (media,) = struct.unpack_from("!I", part.body, 4)
        if part.kind == rtp.RTPFB and part.form == rtp.TRANSPORT_FEEDBACK:
            self.feedback += 1
        elif part.kind == rtp.RTPFB and part.form == rtp.NACK:
            if stream := self.sending.get(media):
                for number in rtp.nacked(part):
                    self._repeat(stream, number)
        elif part.kind == rtp.PSFB and part.form in (rtp.PLI, rtp.FIR):
            if part.form == rtp.FIR and len(part.body) >= 12:
                (media,) = struct.unpack_from("!I", part.body, 8)
            if layer := self._layers.get(media):
                layer.key_frame()
        elif part.kind == rtp.PSFB and part.form == rtp.APPLICATION and part.body[8:12] == b"REMB":
            (packed,) = struct.unpack_from("!I", part.body, 12)
            self.remb_received = float((packed & 0x3FFFF) << (packed >> 18 & 0x3F))

    def _repeat(self, stream: Outgoing, number: int) -> None:
        kept = stream.history.get(number)
        if kept is None:
            return
        stream.resent += 1
        repair = self.repairing.get(stream.ssrc)
        if repair is None:
            self._resend(kept)
            return
        _, payload = resend_payload(kept)
        self._emit(repair, b"", payload, bool(kept[1] & 0x80), struct.unpack_from("!I", kept, 4)[0])

    def totals(self) -> Totals:
        """Of everything received so far."""
        total = dataclasses.replace(self.ended)
        for stream in self.streams.values():
            total.add(stream)
        return total
