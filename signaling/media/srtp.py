"""libsrtp called in place, without a copy and without an object per packet.

The only file that touches ``pylibsrtp``'s private parts: its C functions and the context inside a ``Session``.
"""

from __future__ import annotations

import socket
from typing import Any

from pylibsrtp import Session
from pylibsrtp._binding import ffi, lib

#: (context, pointer to the packet, pointer to its int length) → 0 or an error; lengths change in place
protect: Any = lib.srtp_protect
protect_rtcp: Any = lib.srtp_protect_rtcp
move: Any = ffi.memmove  # (to, from, bytes); this module's is C all through
unprotect: Any = lib.srtp_unprotect
unprotect_rtcp: Any = lib.srtp_unprotect_rtcp

OK: int = lib.srtp_err_status_ok
AUTH_FAIL = 7
REPLAY_FAIL = 9
REPLAY_OLD = 10

#: what protection may add: a 16-byte tag, and for RTCP a 4-byte index; no MKI is ever negotiated
TRAILER = 20


def context(session: Session) -> Any:
    """The C context of a session. The session must outlive it."""
    return session._srtp[0]


def forget(context: Any, ssrc: int) -> bool:
    """Let go of what libsrtp keeps for an SSRC: its index and its replay window. False when it keeps nothing. A
    sending SSRC must never be used again: its numbers would start over, under the same key."""
    found: bool = lib.srtp_remove_stream(context, socket.htonl(ssrc)) == OK
    return found


def length_cell() -> Any:
    """An int that unprotect reads and writes."""
    return ffi.new("int *")
