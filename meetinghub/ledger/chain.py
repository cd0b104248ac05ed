"""How each fact binds the one before it, so that none can be changed, taken out or put in between unnoticed.

``hash = SHA-256(DOMAIN || prev || row)``: ``prev`` is the hash of the fact before (32 zero bytes for the first),
``row`` the RFC 8785 object of actor, at, key, kind, meeting, number, payload and version. ``DOMAIN`` keeps these hashes
apart from hashes made for anything else, and would change with the form of the row.
"""

from __future__ import annotations

from hashlib import sha256
from typing import NamedTuple

from meetinghub.ledger.canonical import quoted

DOMAIN = b"meetinghub ledger fact 1\0"
GENESIS = bytes(32)
"""What the first fact is bound to."""


class Record(NamedTuple):
    """A fact as it stands in the database; texts as UTF-8, ``at`` as :func:`meetinghub.ledger.fact.utc_text` spells it.

    ``payload`` is canonical JSON already and stands in the row as it is.
    """

    number: int
    meeting: int | None
    kind: bytes
    version: int
    at: bytes
    actor: bytes
    key: bytes | None
    payload: bytes


def row(record: Record) -> bytes:
    """The RFC 8785 bytes of ``record``, put together around its payload: equal to a serialiser's, many times faster."""
    number, meeting, kind, version, at, actor, key, payload = record
    return b'{"actor":%b,"at":"%b","key":%b,"kind":%b,"meeting":%b,"number":%d,"payload":%b,"version":%d}' % (
        quoted(actor),
        at,
        b"null" if key is None else quoted(key),
        quoted(kind),
        b"null" if meeting is None else b"%d" % meeting,
        number,
        payload,
        version,
    )


def link(prev: bytes, record: Record) -> bytes:
    """The hash of ``record`` when it follows the fact whose hash is ``prev``."""
    return sha256(DOMAIN + prev + row(record)).digest()
