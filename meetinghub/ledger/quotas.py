"""What facts say of quotas: every wish that was judged, what is charged and given back, and which rules are in force.

These facts are the log that :mod:`quotas.replay` judges again, so a wish is in them with all that rules look at:
``sites`` are committees and ``department`` is a department by the numbers of their rows, ``calls`` are
``role:1,2,3`` for a ride and empty for a sitting of one's own, whose calls are ``roles`` x ``sites``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from meetinghub.ledger.fact import FactKind, Payload


@dataclass(frozen=True, slots=True)
class _Wished:
    """``charge`` is the number of its row. ``meeting`` is the meeting it is part of, None while there is none."""

    charge: int
    starts_at: datetime
    minutes: int
    sites: tuple[int, ...]
    roles: tuple[str, ...]
    department: int | None
    line: str
    persons: int
    own: bool
    calls: tuple[str, ...]
    exempt: str
    speeches: tuple[int, ...]
    title: str
    meeting: int | None


@dataclass(frozen=True, slots=True)
class QuotaDecided(_Wished, Payload):
    """A wish was judged by version ``policy`` (0: none in force). Unless it was refused it is held until ``held_until``
    (RFC 3339, empty = not at all or for ever); a charge that only moves stays charged.

    ``broken`` are the ids of the rules it breaks, ``rows`` the charges that these count, ``charge`` 0 for a new wish
    that was refused.
    """

    kind: ClassVar = FactKind.QUOTA_DECIDED
    outcome: str
    policy: int
    broken: tuple[str, ...]
    rows: tuple[int, ...]
    held_until: str


@dataclass(frozen=True, slots=True)
class QuotaEntered(_Wished, Payload):
    """A meeting is charged as it stands, without having been judged: planned elsewhere, put off, rearranged, or
    held before and brought in."""

    kind: ClassVar = FactKind.QUOTA_ENTERED


@dataclass(frozen=True, slots=True)
class QuotaCharged(Payload):
    """What was held became a planned meeting."""

    kind: ClassVar = FactKind.QUOTA_CHARGED
    charge: int
    meeting: int


@dataclass(frozen=True, slots=True)
class QuotaReleased(Payload):
    """``why``: ``given_back`` (refused, returned, withdrawn), ``cancelled``, ``expired``, ``rescheduled`` (judged
    anew where it goes), or ``taken_back`` with the import that it came from."""

    kind: ClassVar = FactKind.QUOTA_RELEASED
    charge: int
    why: str


@dataclass(frozen=True, slots=True)
class PolicySwitchedOn(Payload):
    """``effective_from`` is a date (ISO 8601) in Shanghai, ``digest`` SHA-256 (hexadecimal) of the rules' JSON."""

    kind: ClassVar = FactKind.POLICY_SWITCHED_ON
    policy: int
    effective_from: str
    digest: str


@dataclass(frozen=True, slots=True)
class PolicyWithdrawn(Payload):
    """A version that was to begin later will not."""

    kind: ClassVar = FactKind.POLICY_WITHDRAWN
    policy: int
