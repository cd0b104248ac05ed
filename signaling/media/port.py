"""The one UDP socket: datagrams in and out in batches, through buffers made once.

``recvmmsg`` and ``sendmmsg`` are called through cffi in ABI mode, so no compiler is needed where this runs (Linux,
64 bit, little endian). Every datagram carries the kernel's receive time (``SO_TIMESTAMPNS``), which is what arrival
feedback and latency figures are made from.

Outgoing datagrams are collected in slots (see :meth:`Port.reserve`) and leave together in :meth:`Port.flush`.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import struct
from array import array
from collections.abc import Callable
from typing import Any

from cffi import FFI

from signaling.media.names import SocketAddress, address_of, socket_address
from signaling.media.wire import SEND_SLOTS, STRIDE

ffi = FFI()
ffi.cdef(
    """
    struct iovec { void *iov_base; size_t iov_len; };
    struct msghdr { void *msg_name; uint32_t msg_namelen; struct iovec *msg_iov; size_t msg_iovlen;
                    void *msg_control; size_t msg_controllen; int msg_flags; };
    struct mmsghdr { struct msghdr msg_hdr; unsigned int msg_len; };
    int recvmmsg(int fd, struct mmsghdr *messages, unsigned int count, int flags, void *timeout);
    int sendmmsg(int fd, struct mmsghdr *messages, unsigned int count, int flags);
    """
)
libc: Any = ffi.dlopen(None)

TRAILER_ROOM = 64  # at the end of a slot, for what SRTP adds
RECEIVE_SLOTS = 64
SEND_AT = 128  # datagrams queued: the first must not wait until the last of a large batch is ready
BATCHES_PER_WAKE = 4  # then the loop gets a turn, however many datagrams wait
SOCKET_BUFFER = 8 * 1024 * 1024
CONTROL = 64

SO_TIMESTAMPNS = 35
SO_RXQ_OVFL = 40
_CMSG = struct.Struct("=QiiQQ")
_HEADER_WORDS = ffi.sizeof("struct mmsghdr") // 8

Handler = Callable[[int, int, bytes, int], None]
"""Takes (offset in ``Port.received``, length, source address, kernel receive time in ns since the epoch)."""


class Port:
    """``handle`` is called for every datagram, then ``batch_done`` once per batch, or earlier when much is waiting to
    be sent; neither may await."""

    def __init__(self, sock: socket.socket, handle: Handler, batch_done: Callable[[], None]) -> None:
        self.sock = sock
        self.name_size = 16 if sock.family == socket.AF_INET else 28
        self.overflow = 0  # datagrams the kernel dropped because our receive buffer was full
        self.sent = 0
        self.sent_bytes = 0
        self.send_failed = 0
        self.errors = 0  # packets whose handling raised
        self._handle = handle
        self._batch_done = batch_done
        self._fd = sock.fileno()
        self._set_up_receive()
        self._set_up_send()
        asyncio.get_running_loop().add_reader(self._fd, self._readable)

    def _set_up_receive(self) -> None:
        count = RECEIVE_SLOTS
        self._in_arena = ffi.new("char[]", count * STRIDE)
        self._in_names = ffi.new("char[]", count * self.name_size)
        self._in_control = ffi.new("char[]", count * CONTROL)
        self._in_iov = ffi.new("struct iovec[]", count)
        self._in_headers = ffi.new("struct mmsghdr[]", count)
        for i in range(count):
            self._in_iov[i].iov_base = self._in_arena + i * STRIDE
            self._in_iov[i].iov_len = STRIDE
            header = self._in_headers[i].msg_hdr
            header.msg_name = self._in_names + i * self.name_size
            header.msg_namelen = self.name_size
            header.msg_iov = self._in_iov + i
            header.msg_iovlen = 1
            header.msg_control = self._in_control + i * CONTROL
            header.msg_controllen = CONTROL
        self._in_size = ffi.sizeof("struct mmsghdr") * count
        self._in_template = ffi.new("char[]", self._in_size)
        ffi.memmove(self._in_template, self._in_headers, self._in_size)
        #: plaintext and ciphertext alike are read from here; a slot is valid until its handler returns
        self.received = memoryview(ffi.buffer(self._in_arena)).cast("B")
        #: a C pointer to each slot, by offset // STRIDE
        self.received_slots: list[Any] = [self._in_arena + i * STRIDE for i in range(count)]
        self._lengths = memoryview(ffi.buffer(self._in_headers)).cast("B").cast("I")
        self._names_view = memoryview(ffi.buffer(self._in_names)).cast("B")
        self._control_view = memoryview(ffi.buffer(self._in_control)).cast("B")

    def _set_up_send(self) -> None:
        count = SEND_SLOTS
        self._out_arena = ffi.new("char[]", count * STRIDE)
        self._out_iov = ffi.new("struct iovec[]", count)
        self._out_headers = ffi.new("struct mmsghdr[]", count)
        for i in range(count):
            self._out_iov[i].iov_base = self._out_arena + i * STRIDE
            header = self._out_headers[i].msg_hdr
            header.msg_namelen = self.name_size
            header.msg_iov = self._out_iov + i
            header.msg_iovlen = 1
        self.slots: list[Any] = [self._out_arena + i * STRIDE for i in range(count)]
        # srtp_protect takes an int* and writes the new length through it. On a little-endian machine that int is the
        # low half of iov_len, so the length is already where sendmmsg wants it.
        self.lengths: list[Any] = [ffi.cast("int *", self._out_iov + i) + 2 for i in range(count)]
        self._out_words = memoryview(ffi.buffer(self._out_headers)).cast("B").cast("Q")
        self._out_iov_words = memoryview(ffi.buffer(self._out_iov)).cast("B").cast("Q")
        self._used = 0

    def reserve(self, length: int, addresses: array[int]) -> int:
        """Take one slot per destination (type Q: where its sockaddr lies) and return the first one's index.
        Each is set to ``length`` bytes, which the caller now writes. At most ``SEND_SLOTS`` at a time."""
        if length > STRIDE - TRAILER_ROOM:
            raise ValueError(f"a packet of {length} bytes does not fit into a slot")
        count = len(addresses)
        if self._used + count > SEND_SLOTS:
            self.flush()
        first = self._used
        self._used = end = first + count
        self._out_words[first * _HEADER_WORDS : end * _HEADER_WORDS : _HEADER_WORDS] = memoryview(addresses)
        self._out_iov_words[first * 2 + 1 : end * 2 : 2] = memoryview(array("Q", [length]) * count)
        return first

    def cancel(self, slot: int) -> None:
        """Empty one reserved slot: it will not be sent."""
        self._out_iov_words[slot * 2 + 1] = 0

    def send(self, datagram: bytes, address: array[int]) -> None:
        """Queue one ready datagram."""
        slot = self.reserve(len(datagram), address)
        ffi.memmove(self.slots[slot], datagram, len(datagram))

    def reply(self, datagram: bytes, source: bytes) -> None:
        """Send one datagram back to where one came from, at once."""
        with contextlib.suppress(OSError):
            self.sock.sendto(datagram, self._destination(source))

    def flush(self) -> None:
        """Hand everything reserved to the kernel. What it refuses is dropped and counted: media does not wait."""
        used, self._used = self._used, 0
        position = refused = unreachable = 0
        while position < used:
            sent = libc.sendmmsg(self._fd, self._out_headers + position, used - position, 0)
            if sent > 0:
                position += sent
            elif ffi.errno in (errno.EAGAIN, errno.ENOBUFS):
                refused = used - position
                used = position
            elif ffi.errno != errno.EINTR:  # this destination cannot be reached; the others can
                self.cancel(position)
                unreachable += 1
                position += 1
        self.send_failed += refused + unreachable
        self.sent += used - unreachable
        self.sent_bytes += sum(self._out_iov_words[1 : used * 2 : 2])

    def _destination(self, source: bytes) -> SocketAddress:
        address, port = address_of(source)
        if self.sock.family == socket.AF_INET:
            return str(address), port
        mapped = f"::ffff:{address}" if address.version == 4 else str(address)
        return mapped, port, 0, int.from_bytes(source[24:28], "little")

    def _readable(self) -> None:
        for _ in range(BATCHES_PER_WAKE):
            ffi.memmove(self._in_headers, self._in_template, self._in_size)
            count = libc.recvmmsg(self._fd, self._in_headers, RECEIVE_SLOTS, 0, ffi.NULL)
            if count <= 0:
                return
            self._dispatch(count)
            self._batch_done()
            if count < RECEIVE_SLOTS:
                return

    def _dispatch(self, count: int) -> None:
        handle, lengths, names, size = self._handle, self._lengths, self._names_view, self.name_size
        control, unpack = self._control_view, _CMSG.unpack_from
        for i in range(count):
            _, _, kind, seconds, nanoseconds = unpack(control, i * CONTROL)
            stamp = seconds * 1_000_000_000 + nanoseconds if kind == SO_TIMESTAMPNS else 0
            try:
                handle(i * STRIDE, lengths[i * 16 + 14], bytes(names[i * size : i * size + size]), stamp)
            except Exception as error:  # a mistake of ours in one packet must not cost the others theirs
                self._failed(error)
            if self._used >= SEND_AT:
                self._batch_done()
        # The overflow counter follows the time stamp, and only once something was ever dropped.
        _, _, kind, dropped, _ = unpack(control, (count - 1) * CONTROL + 32)
        if kind == SO_RXQ_OVFL:
            self.overflow = max(self.overflow, dropped & 0xFFFFFFFF)  # a slot's old control bytes may lie here

    def _failed(self, error: Exception) -> None:
        self.errors += 1
        if self.errors & (self.errors - 1) == 0:  # the 1st, 2nd, 4th, 8th…: a sender must not fill the log
            asyncio.get_running_loop().call_exception_handler(
                {"message": f"media packet failed ({self.errors} so far)", "exception": error}
            )

    def close(self) -> None:
        """Sends what is queued, then closes the socket."""
        self.flush()
        asyncio.get_running_loop().remove_reader(self._fd)
        self.sock.close()


def bind(host: str, port: int) -> socket.socket:
    """A non-blocking UDP socket with time stamps and large buffers. Port 0 picks a free one."""
    family, address = socket_address(host, port)
    sock = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    try:
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            sock.setsockopt(socket.SOL_SOCKET, option, SOCKET_BUFFER)
        for force in (33, 32):  # SO_RCVBUFFORCE, SO_SNDBUFFORCE: beyond the limit where we are allowed to
            try:
                sock.setsockopt(socket.SOL_SOCKET, force, SOCKET_BUFFER)
            except PermissionError:
                break
        sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        sock.setsockopt(socket.SOL_SOCKET, SO_RXQ_OVFL, 1)
        sock.bind(address)
    except OSError:
        sock.close()
        raise
    return sock
