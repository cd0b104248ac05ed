from __future__ import annotations

import asyncio
import socket
import time
from array import array
from collections.abc import AsyncIterator

import pytest

from signaling.media.names import address_of, local_addresses, name_of, socket_address
from signaling.media.port import RECEIVE_SLOTS, Port, bind, ffi
from signaling.media.wire import SEND_SLOTS, STRIDE
from tests.signaling.media.client import eventually


class Recorder:
    """Opens a port and keeps what arrives there."""

    def __init__(self, host: str, receive_buffer: int = 0) -> None:
        sock = bind(host, 0)
        if receive_buffer:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.got: list[tuple[bytes, bytes, int]] = []
        self.batches = 0
        self.port = Port(sock, self._handle, self._done)
        self.number: int = sock.getsockname()[1]

    def _handle(self, offset: int, length: int, source: bytes, stamp: int) -> None:
        data = bytes(self.port.received[offset : offset + length])
        if data == b"raise":
            raise RuntimeError("a mistake of ours")
        self.got.append((data, source, stamp))

    def _done(self) -> None:
        self.batches += 1


@pytest.fixture
async def recorder() -> AsyncIterator[Recorder]:
    opened = Recorder("127.0.0.1")
    yield opened
    opened.port.close()


def destination(name: bytes) -> tuple[object, array[int]]:
    memory = ffi.new("char[]", name)
    return memory, array("Q", [int(ffi.cast("uintptr_t", memory))])


async def test_datagrams_arrive_in_order_with_their_source_and_the_kernels_time(recorder: Recorder) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind(("127.0.0.1", 0))
        before = time.time_ns()
        for number in range(RECEIVE_SLOTS * 2 + 3):
            sender.sendto(b"%d" % number, ("127.0.0.1", recorder.number))
        await eventually(lambda: len(recorder.got) == RECEIVE_SLOTS * 2 + 3)
        assert [data for data, _, _ in recorder.got] == [b"%d" % n for n in range(RECEIVE_SLOTS * 2 + 3)]
        assert {address_of(source) for _, source, _ in recorder.got} == {
            (address_of(name_of("127.0.0.1", 1, socket.AF_INET))[0], sender.getsockname()[1])
        }
        assert all(before <= stamp <= time.time_ns() for _, _, stamp in recorder.got)
        assert recorder.batches < len(recorder.got)


async def test_more_than_all_slots_leave_in_several_calls(recorder: Recorder) -> None:
    memory, address = destination(name_of("127.0.0.1", recorder.number, socket.AF_INET))
    for number in range(SEND_SLOTS + 10):
        recorder.port.send(b"%05d" % number, address)
        if number % 64 == 63:
            recorder.port.flush()
            await asyncio.sleep(0)
    recorder.port.flush()
    await eventually(lambda: len(recorder.got) == SEND_SLOTS + 10)
    assert recorder.port.sent == SEND_SLOTS + 10
    assert recorder.port.sent_bytes == 5 * (SEND_SLOTS + 10)
    first = recorder.port.reserve(4, array("Q", [address[0]] * SEND_SLOTS))
    assert first == 0
    assert recorder.port.reserve(4, address) == 0
    assert memory is not None


async def test_a_packet_that_does_not_fit_its_slot_is_not_written(recorder: Recorder) -> None:
    _, address = destination(name_of("127.0.0.1", recorder.number, socket.AF_INET))
    with pytest.raises(ValueError, match="does not fit"):
        recorder.port.send(bytes(STRIDE), address)


async def test_one_unreachable_destination_costs_the_others_nothing(recorder: Recorder) -> None:
    keep, here = destination(name_of("127.0.0.1", recorder.number, socket.AF_INET))
    keep_too, nowhere = destination(name_of("127.0.0.1", 0, socket.AF_INET))
    recorder.port.send(b"one", here)
    recorder.port.send(b"lost", nowhere)
    recorder.port.send(b"two", here)
    recorder.port.flush()
    await eventually(lambda: len(recorder.got) == 2)
    assert recorder.port.send_failed == 1
    assert recorder.port.sent == 2
    assert (keep, keep_too) != (None, None)


async def test_a_mistake_in_one_packet_does_not_cost_the_rest_of_its_batch(recorder: Recorder) -> None:
    reported: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context["message"]))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for data in (b"raise", b"raise", b"raise", b"good"):
            sender.sendto(data, ("127.0.0.1", recorder.number))
        await eventually(lambda: bool(recorder.got))
    assert recorder.got[0][0] == b"good"
    assert recorder.port.errors == 3
    assert len(reported) == 2


async def test_what_the_kernel_had_to_drop_is_counted() -> None:
    recorder = Recorder("127.0.0.1", receive_buffer=4096)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for _ in range(50):
            sender.sendto(bytes(1000), ("127.0.0.1", recorder.number))
        await eventually(lambda: bool(recorder.got))
        sender.sendto(b"after", ("127.0.0.1", recorder.number))
        await eventually(lambda: recorder.got[-1][0] == b"after")
    assert recorder.port.overflow == 50 - (len(recorder.got) - 1)
    recorder.port.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "::"])
async def test_replies_find_their_way_back_over_both_families(host: str) -> None:
    recorder = Recorder(host)
    target = "::1" if host == "::1" else "127.0.0.1"
    family, address = socket_address(target, recorder.number)
    with socket.socket(family, socket.SOCK_DGRAM) as sender:
        sender.settimeout(5)
        sender.sendto(b"ping", address)
        await eventually(lambda: bool(recorder.got))
        source = recorder.got[0][1]
        assert str(address_of(source)[0]) == target
        recorder.port.reply(b"pong", source)
        assert await asyncio.to_thread(sender.recv, 100) == b"pong"
        memory, destinations = destination(source)
        recorder.port.send(b"media", destinations)
        recorder.port.flush()
        assert await asyncio.to_thread(sender.recv, 100) == b"media"
        assert memory is not None
    assert name_of(*map_name(source), recorder.port.sock.family)[:24] == source[:24]
    recorder.port.close()


def map_name(source: bytes) -> tuple[str, int]:
    address, port = address_of(source)
    return str(address), port


def test_a_port_in_use_is_reported_and_leaves_nothing_open() -> None:
    first = bind("127.0.0.1", 0)
    with pytest.raises(OSError, match="in use"):
        bind("127.0.0.1", first.getsockname()[1])
    first.close()


def test_this_machine_has_at_least_one_address() -> None:
    assert local_addresses()
