"""The controlling side of ICE towards an ICE-lite server (RFC 8445, consent by RFC 7675). Pure."""

from __future__ import annotations

import random
import secrets
import string

from aioice import stun

_LETTERS = string.ascii_letters + string.digits + "+/"
FIRST_CHECKS = 0.05  # seconds between checks until the pair is valid
CONSENT = 5.0  # seconds between consent checks, ±20 %
EXPIRY = 30.0


def credentials() -> tuple[str, str]:
    """ufrag and password as Chromium makes them: 4 and 24 characters."""
    return tuple("".join(secrets.choice(_LETTERS) for _ in range(n)) for n in (4, 24))  # type: ignore[return-value]


class Checks:
    """Connectivity checks of one candidate pair. ``now`` is monotonic seconds."""

    def __init__(self, *, ufrag: str, password: str, remote_ufrag: str, remote_password: str) -> None:
        self.valid = False
        self.refused = 0
        self._username = f"{remote_ufrag}:{ufrag}"
        self._key = remote_password.encode()
        self._local_key = password.encode()
        self._tie_breaker = secrets.randbits(64)
        self._priority = random.choice((1_853_824_767, 1_853_693_695))  # peer-reflexive, as browsers compute
        self._pending: dict[bytes, float] = {}
        self._next = 0.0
        self._heard: float | None = None

    def due(self, now: float) -> bytes | None:
        """A binding request when it is time for one."""
        if now < self._next:
            return None
        self._next = now + (CONSENT * random.uniform(0.8, 1.2) if self.valid else FIRST_CHECKS)
        self._pending = {key: at for key, at in self._pending.items() if now - at < 10}
        request = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
        request.attributes["USERNAME"] = self._username
        request.attributes["ICE-CONTROLLING"] = self._tie_breaker
        request.attributes["USE-CANDIDATE"] = None
        request.attributes["PRIORITY"] = self._priority
        request.add_message_integrity(self._key)
        request.add_fingerprint()
        self._pending[request.transaction_id] = now
        return bytes(request)

    def received(self, data: bytes, address: tuple[str, int], now: float) -> bytes | None:
        """Takes a STUN message from ``address``; the answer to send, if it was a request."""
        try:
            message = stun.parse_message(data)
        except ValueError:
            return None
        if message.message_class is stun.Class.REQUEST:
            return self._answer(message, address)
        if self._pending.pop(message.transaction_id, None) is None:
            return None
        if not message.check_message_integrity(self._key):
            self.refused += 1
            return None
        if message.message_class is stun.Class.RESPONSE:
            self.valid, self._heard = True, now
        else:
            self.refused += 1
        return None

    def hurry(self) -> None:
        """The path was away: ask at once whether it is back."""
        self._next = 0.0

    @property
    def heard(self) -> float:
        """When the server last answered (monotonic), 0 before the first time."""
        return self._heard or 0.0

    def expired(self, now: float) -> bool:
        return self._heard is not None and now - self._heard > EXPIRY

    def _answer(self, request: stun.Message, address: tuple[str, int]) -> bytes | None:
        if not request.check_message_integrity(self._local_key):
            return None
        response = stun.Message(
            message_method=stun.Method.BINDING,
            message_class=stun.Class.RESPONSE,
            transaction_id=request.transaction_id,
        )
        response.attributes["XOR-MAPPED-ADDRESS"] = address
        response.add_message_integrity(self._local_key)
        response.add_fingerprint()
        return bytes(response)
