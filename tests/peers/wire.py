"""UDP sockets read in batches through recvmmsg by cffi in ABI mode (no compiler needed).

One arena serves every socket of the process: what `receive` filled is valid until its next call.
"""

from __future__ import annotations

import contextlib
import socket
import struct
from typing import Any

import cffi
from pylibsrtp._binding import ffi as srtp_ffi

SLOT = 2048
BATCH = 64
_SO_MEMINFO, _DROPS = 55, 8
_SO_RCVBUFFORCE = 33

_ffi = cffi.FFI()
_ffi.cdef("""
struct iovec { void *iov_base; size_t iov_len; };
struct msghdr {
    void *msg_name; unsigned int msg_namelen; struct iovec *msg_iov; size_t msg_iovlen;
    void *msg_control; size_t msg_controllen; int msg_flags;
};
struct mmsghdr { struct msghdr msg_hdr; unsigned int msg_len; };
int recvmmsg(int sockfd, struct mmsghdr *msgvec, unsigned int vlen, int flags, void *timeout);
""")
_libc: Any = _ffi.dlopen(None)


class Arena:
    """Slots for received datagrams and one for the packet about to be sent, shared with libsrtp."""

    def __init__(self) -> None:
        self.memory: Any = srtp_ffi.new("unsigned char[]", SLOT * (BATCH + 1))
        self.view = memoryview(srtp_ffi.buffer(self.memory)).cast("B")
        self.slots: list[Any] = [self.memory + SLOT * i for i in range(BATCH + 1)]
        self.views = [self.view[SLOT * i : SLOT * (i + 1)] for i in range(BATCH + 1)]
        self.out, self.out_view = self.slots[BATCH], self.views[BATCH]
        self.length: Any = srtp_ffi.new("int *")
        self._vectors = _ffi.new("struct iovec[]", BATCH)
        self._messages = _ffi.new("struct mmsghdr[]", BATCH)
        for i in range(BATCH):
            self._vectors[i].iov_base, self._vectors[i].iov_len = self.slots[i], SLOT
            self._messages[i].msg_hdr.msg_iov = self._vectors + i
            self._messages[i].msg_hdr.msg_iovlen = 1

    def receive(self, descriptor: int) -> int:
        """Fills slots from a socket without waiting; how many, 0 when there was nothing (or an ICMP error)."""
        count: int = _libc.recvmmsg(descriptor, self._messages, BATCH, socket.MSG_DONTWAIT, _ffi.NULL)
        return max(0, count)

    def size(self, slot: int) -> int:
        length: int = self._messages[slot].msg_len
        return length


def open_socket(address: tuple[str, int]) -> socket.socket:
    """A socket connected to the server's UDP port, with room for a late reader."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setblocking(False)
    try:
        sock.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, 4 << 20)
    except OSError:  # not privileged: as much as the system allows
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
    sock.connect(address)
    return sock


def drops(sock: socket.socket) -> int:
    """Datagrams the kernel threw away because this socket was read too late."""
    words = sock.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, 4 * (_DROPS + 1))
    return int(struct.unpack_from("=I", words, 4 * _DROPS)[0]) if len(words) >= 4 * (_DROPS + 1) else 0
