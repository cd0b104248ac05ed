"""What facts say of a meeting's agenda before it is held: claims to its minutes, its order, its announcement.

``claim`` and ``segment`` are numbers of rows; titles and names stay in the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from meetinghub.ledger.fact import FactKind, Payload


@dataclass(frozen=True, slots=True)
class AgendaArranged(Payload):
    """The agenda as it stands now: its segments in order, and their ``minutes``, one each.

    ``act`` is what was done, ``reason`` why, which is only asked for once the agenda is closed.
    """

    kind: ClassVar = FactKind.AGENDA_ARRANGED
    act: str
    segments: tuple[int, ...]
    minutes: tuple[int, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AgendaTermsSet(Payload):
    """How long the meeting may last at most, and until when its free minutes can be claimed."""

    kind: ClassVar = FactKind.AGENDA_TERMS_SET
    capacity: int
    claims_close_at: datetime


@dataclass(frozen=True, slots=True)
class AgendaAnnounced(Payload):
    """Other departments were told of ``free`` minutes; ``mails`` were owed for it."""

    kind: ClassVar = FactKind.AGENDA_ANNOUNCED
    free: int
    claims_close_at: datetime
    mails: int


@dataclass(frozen=True, slots=True)
class AgendaFinalised(Payload):
    """The host closed it; unclaimed minutes are given back."""

    kind: ClassVar = FactKind.AGENDA_FINALISED
    minutes: int
    mails: int


@dataclass(frozen=True, slots=True)
class ClaimMade(Payload):
    kind: ClassVar = FactKind.CLAIM_MADE
    claim: int
    department: int
    minutes: int
    read_out: bool


@dataclass(frozen=True, slots=True)
class ClaimDecided(Payload):
    """``act`` of :class:`meetinghub.agendas.claims.Act`; ``minutes`` are what it has on the agenda now, else 0."""

    kind: ClassVar = FactKind.CLAIM_DECIDED
    claim: int
    act: str
    minutes: int
    reason: str = ""
