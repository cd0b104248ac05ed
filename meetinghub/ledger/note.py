"""Signed notes (c2sp.org/signed-note): a text that people can read, and below it who signed it.

::

    text, ending in a newline
                                            an empty line
    — <key's name> <base64 of key id and signature>

Only Ed25519 (type 1). A key's id is the first four bytes of SHA-256(name, newline, type, public key), so that name and
id tell a key apart; a verifier's key as text is ``name+id+base64(type, public key)``, a signer's the same behind
``PRIVATE+KEY+`` with the seed in place of the public key, as Go's note package writes them.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
ID = 4
SIGNATURE = 64
SIGNED_BY = "— "
_PRIVATE = "PRIVATE+KEY+"


class Signed(StrEnum):
    """What the signatures below a text are worth: by a known key, broken, by unknown keys only, or none at all.

    A line that was cut off while it was written is no signature.
    """

    GOOD = "good"
    BAD = "bad"
    UNKNOWN = "unknown"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Verifier:
    name: str
    key: bytes

    @classmethod
    def parse(cls, text: str) -> Verifier:
        """Raises ``ValueError`` for what is no verifier's key."""
        name, key = _parse(text)
        made = cls(name, key)
        if str(made) != text.strip():
            raise ValueError("the key's id does not belong to its name and key")
        return made

    @property
    def id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + ED25519 + self.key).digest()[:ID]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(ED25519 + self.key).decode()}"

    def accepts(self, text: str, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signer:
    verifier: Verifier
    seed: bytes

    @classmethod
    def make(cls, name: str) -> Signer:
        """A new key. ``ValueError`` for a name with a space or a plus."""
        if not name or "+" in name or any(letter.isspace() for letter in name):
            raise ValueError(f"{name!r} cannot name a key")
        return cls._of(name, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def parse(cls, text: str) -> Signer:
        """The inverse of ``str``; ``ValueError`` for anything else."""
        if not text.startswith(_PRIVATE):
            raise ValueError("this is no signer's key")
        made = cls._of(*_parse(text.removeprefix(_PRIVATE)))
        if str(made) != text.strip():
            raise ValueError("the key's id does not belong to its name and key")
        return made

    @classmethod
    def _of(cls, name: str, seed: bytes) -> Signer:
        public = Ed25519PrivateKey.from_private_bytes(seed).public_key()
        return cls(Verifier(name, public.public_bytes_raw()), seed)

    def __str__(self) -> str:
        own = self.verifier
        return f"{_PRIVATE}{own.name}+{own.id.hex()}+{base64.b64encode(ED25519 + self.seed).decode()}"

    def __repr__(self) -> str:
        return f"Signer({self.verifier})"

    def sign(self, text: str) -> str:
        """``text``, which must end in a newline, as a signed note."""
        if not text.endswith("\n") or any(letter < " " and letter != "\n" for letter in text):
            raise ValueError("a note is lines of text, the last one ended")
        signature = Ed25519PrivateKey.from_private_bytes(self.seed).sign(text.encode())
        signed = base64.b64encode(self.verifier.id + signature).decode()
        return f"{text}\n{SIGNED_BY}{self.verifier.name} {signed}\n"


def judge(text: str, signatures: Sequence[str], known: Sequence[Verifier]) -> Signed:
    """What ``signatures``, the lines below ``text``, are worth to somebody who knows the keys ``known``.

    One bad signature of a known key spoils the note; signatures of unknown keys say nothing.
    """
    found = Signed.ABSENT
    for line in signatures:
        name, _, encoded = line.removeprefix(SIGNED_BY).rpartition(" ")
        try:
            raw = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            continue
        if len(raw) != ID + SIGNATURE:
            continue
        if found is Signed.ABSENT:
            found = Signed.UNKNOWN
        for verifier in known:
            if (verifier.name, verifier.id) == (name, raw[:ID]):
                if not verifier.accepts(text, raw[ID:]):
                    return Signed.BAD
                found = Signed.GOOD
    return found


def _parse(text: str) -> tuple[str, bytes]:
    name, _, rest = text.strip().partition("+")
    try:
        raw = base64.b64decode(rest.partition("+")[2], validate=True)
    except binascii.Error as error:
        raise ValueError("the key is not base64") from error
    if not name or raw[:1] != ED25519 or len(raw) != 33:
        raise ValueError("this is no Ed25519 key of signed notes")
    return name, raw[1:]
