"""The ICE-lite half of one peer (RFC 8445 section 2.5): it answers connectivity checks and remembers who passed.

Pure: datagrams and times go in, answers come out. What is not a well-formed, correctly keyed check gets no answer at
all, so the port cannot be used to reflect traffic and a guesser learns nothing. Only an address that passed a check is
validated, and only validated addresses may speak DTLS and SRTP.
"""

from __future__ import annotations

import binascii
import hmac
import secrets
import struct
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address

COOKIE = 0x2112A442
BINDING_REQUEST = 0x0001
BINDING_SUCCESS = 0x0101
BINDING_ERROR = 0x0111

USERNAME = 0x0006
MESSAGE_INTEGRITY = 0x0008
ERROR_CODE = 0x0009
XOR_MAPPED_ADDRESS = 0x0020
USE_CANDIDATE = 0x0025
FINGERPRINT = 0x8028
ICE_CONTROLLED = 0x8029

MAX_CHECK = 548  # RFC 8489 section 6.1: what fits any path; checks are far smaller
MAX_PATHS = 8
CONSENT_SECONDS = 15.0  # RFC 7675 section 5.1 allows 30
ROLE_CONFLICT = struct.pack("!HBB", 0, 4, 87) + b"Role Conflict"

Address = IPv4Address | IPv6Address

_HEADER = struct.Struct("!HHI12s")
_ATTRIBUTE = struct.Struct("!HH")


@dataclass(frozen=True, slots=True)
class Check:
    """A binding request, not yet authenticated. ``signed`` is the part MESSAGE-INTEGRITY covers."""

    transaction: bytes
    local_ufrag: str
    remote_ufrag: str
    integrity: bytes
    signed: bytes
    nominated: bool
    peer_is_controlled: bool


def parse_check(data: bytes) -> Check | None:
    """The binding request in a datagram, or None when it is anything else or damaged in any way."""
    if not 20 <= len(data) <= MAX_CHECK:
        return None
    kind, length, cookie, transaction = _HEADER.unpack_from(data)
    if kind != BINDING_REQUEST or cookie != COOKIE or length != len(data) - 20 or length % 4:
        return None
    found = _attributes(data)
    if found is None:
        return None
    attributes, signed_end = found
    if signed_end is None or USERNAME not in attributes or len(attributes[MESSAGE_INTEGRITY]) != 20:
        return None
    try:
        local, separator, remote = attributes[USERNAME].decode().partition(":")
    except UnicodeDecodeError:
        return None
    if not separator:
        return None
    # The signature is made while the length field says the message ends with MESSAGE-INTEGRITY (RFC 8489, 14.5).
    signed = data[:2] + struct.pack("!H", signed_end + 24 - 20) + data[4:signed_end]
    return Check(
        transaction=transaction,
        local_ufrag=local,
        remote_ufrag=remote,
        integrity=attributes[MESSAGE_INTEGRITY],
        signed=signed,
        nominated=USE_CANDIDATE in attributes,
        peer_is_controlled=ICE_CONTROLLED in attributes,
    )


def _attributes(data: bytes) -> tuple[dict[int, bytes], int | None] | None:
    """Attributes up to MESSAGE-INTEGRITY with that attribute's position; those after it count for nothing, except
    FINGERPRINT, which must be right and last (RFC 8489 section 14.7)."""
    attributes: dict[int, bytes] = {}
    signed_end: int | None = None
    position = 20
    while position < len(data):
        kind, size = _ATTRIBUTE.unpack_from(data, position)
        end = position + 4 + size
        if end > len(data):
            return None
        if kind == FINGERPRINT:
            if data[position + 4 : end] != _fingerprint(data[:position]) or end != len(data):
                return None
        elif signed_end is None:
            if kind == MESSAGE_INTEGRITY:
                signed_end = position
            attributes.setdefault(kind, data[position + 4 : end])
        position = end + -size % 4
    return attributes, signed_end


def _fingerprint(before: bytes) -> bytes:
    covered = before[:2] + struct.pack("!H", len(before) + 8 - 20) + before[4:]
    return struct.pack("!I", binascii.crc32(covered) ^ 0x5354554E)


def _signature(covered: bytes, password: str) -> bytes:
    return hmac.digest(password.encode(), covered, "sha1")


def _attribute(kind: int, value: bytes) -> bytes:
    return _ATTRIBUTE.pack(kind, len(value)) + value + bytes(-len(value) % 4)


def _xor_address(address: Address, port: int, transaction: bytes) -> bytes:
    mask = struct.pack("!I", COOKIE) + transaction
    packed = bytes(a ^ b for a, b in zip(address.packed, mask, strict=False))
    return struct.pack("!BBH", 0, 1 if address.version == 4 else 2, port ^ (COOKIE >> 16)) + packed


def _signed_message(kind: int, transaction: bytes, body: bytes, password: str) -> bytes:
    covered = _HEADER.pack(kind, len(body) + 24, COOKIE, transaction) + body
    message = covered + _attribute(MESSAGE_INTEGRITY, _signature(covered, password))
    message = message[:2] + struct.pack("!H", len(message) + 8 - 20) + message[4:]
    return message + _attribute(FINGERPRINT, _fingerprint(message))


def success(check: Check, address: Address, port: int, password: str) -> bytes:
    """The answer to an authenticated check: ``address`` and ``port`` as we saw them."""
    body = _attribute(XOR_MAPPED_ADDRESS, _xor_address(address, port, check.transaction))
    return _signed_message(BINDING_SUCCESS, check.transaction, body, password)


def role_conflict(check: Check, password: str) -> bytes:
    """A lite agent is always controlled: the other side has to take the controlling role (RFC 8445, 7.3.1.1)."""
    return _signed_message(BINDING_ERROR, check.transaction, _attribute(ERROR_CODE, ROLE_CONFLICT), password)


@dataclass(frozen=True, slots=True)
class Credentials:
    ufrag: str
    password: str

    @classmethod
    def generate(cls) -> Credentials:
        """48 and 192 random bits; RFC 8839 section 5.4 asks for 24 and 128. URL-safe base64 would not do: ``_`` and
        ``-`` are no ice-char, and hexadecimal is."""
        return cls(secrets.token_hex(6), secrets.token_hex(24))


@dataclass(frozen=True, slots=True)
class Answer:
    """What to send back, and whether the source is now validated and to be sent to."""

    reply: bytes
    validated: bool
    selected: bool


@dataclass(slots=True)
class Agent:
    """The state of one peer. An address is whatever bytes the caller uses to name it (a sockaddr)."""

    current: Credentials = field(default_factory=Credentials.generate)
    previous: Credentials | None = None  # until the first check with the new ones: packets still flow meanwhile
    remote_ufrag: str | None = None
    paths: dict[bytes, float] = field(default_factory=dict)  # validated address → time of its last check
    selected: bytes | None = None

    def restart(self, remote_ufrag: str) -> None:
        """New credentials of our own for the client's new ones (RFC 8445 section 9)."""
        self.previous = self.current
        self.current = Credentials.generate()
        self.remote_ufrag = remote_ufrag

    def answer(self, check: Check, source: bytes, address: Address, port: int, now: float) -> Answer | None:
        """None: not ours or wrongly signed, and to be dropped silently."""
        credentials = self._credentials(check)
        if credentials is None:
            return None
        if check.peer_is_controlled:
            return Answer(role_conflict(check, credentials.password), validated=False, selected=False)
        if credentials is self.current:
            self.previous = None
        self._validate(source, now)
        if check.nominated or self.selected is None:
            self.selected = source
        reply = success(check, address, port, credentials.password)
        return Answer(reply, validated=True, selected=self.selected == source)

    def _credentials(self, check: Check) -> Credentials | None:
        for credentials in (self.current, self.previous):
            if credentials is None or credentials.ufrag != check.local_ufrag:
                continue
            if credentials is self.current and check.remote_ufrag != self.remote_ufrag:
                return None
            if hmac.compare_digest(check.integrity, _signature(check.signed, credentials.password)):
                return credentials
        return None

    def _validate(self, source: bytes, now: float) -> None:
        self.paths[source] = now
        if len(self.paths) > MAX_PATHS:
            others = (path for path in self.paths if path not in (source, self.selected))
            del self.paths[min(others, key=self.paths.__getitem__)]

    def consents(self, now: float) -> bool:
        """Whether the client still wants our packets: a check on the selected path within 15 s (RFC 7675)."""
        return self.selected is not None and now - self.paths.get(self.selected, -CONSENT_SECONDS) < CONSENT_SECONDS

    def last_check(self, source: bytes) -> float:
        return self.paths.get(source, float("-inf"))
