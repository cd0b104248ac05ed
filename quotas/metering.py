"""Charges follow meetings: a fold over what facts say of them.

However a meeting came about, was put off, rearranged or cancelled, the next one who counts first lets charges follow,
within the same transaction. So a meeting that was never asked for is charged too, moving it across a border of a period
moves its charge, and cancelling it gives the charge back, without anybody having to remember it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Protocol

from sqlmodel import Session as Db

from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import FactKind, NewFact, Payload
from meetinghub.ledger.quotas import QuotaReleased
from quotas import charge as charges
from quotas import log, store
from quotas.charge import Charge, Metered, State
from quotas.store import Part
from quotas.wish import Wish

FOLLOWED = (
    FactKind.MEETING_PLANNED,
    FactKind.MEETING_POSTPONED,
    FactKind.MEETING_CANCELLED,
    FactKind.AGENDA_ARRANGED,
)
"""Kinds of facts after which a meeting may take other time from other people."""
NEWS = ledger.any_of_kinds(FOLLOWED, after=store.FOLDED)
"""Finds rows when there is something to catch up with."""


class Meter(Protocol):
    def metered(self, db: Db, meeting: int) -> Metered | None:
        """As the meeting stands now; None when it is cancelled or does not exist."""
        ...


def catch_up(db: Db, meter: Meter, *, now: datetime, most: int | None = None) -> int:
    """Let charges follow all (or the next ``most``) meetings that facts spoke of since; whoever calls holds the ledger.

    Returns how many such facts there were.
    """
    news = ledger.of_kinds(db, FOLLOWED, after=store.FOLDED, most=most)
    first: dict[int, datetime] = {}
    for fact in news:
        if fact.meeting_id is not None:
            first.setdefault(fact.meeting_id, fact.at)
    for meeting, at in first.items():
        _follow(db, meeting, meter.metered(db, meeting), planned_at=at, now=now)
    if news:
        store.set_folded(db, news[-1].number)
    return len(news)


def _follow(db: Db, meeting: int, metered: Metered | None, *, planned_at: datetime, now: datetime) -> None:
    """``planned_at``: when a meeting that has no charge yet was planned."""
    wanted: dict[int | None, Wish] = {}
    if metered is not None:
        wanted = {None: metered.own, **{segment: wish for segment, wish in metered.rides.items()}}
    for part in store.parts_of(db, meeting):
        wish = _wanted(part, wanted, metered)
        if wish is None:
            store.put_charge(db, charges.release(part.charge))
            _say(db, meeting, QuotaReleased(part.charge.id, "cancelled"), now)
        elif (new := _as_it_stands(part.charge, wish)) != part.charge:
            store.put_charge(db, new)
            _say(db, meeting, log.entered(new), now)
    for segment, wish in wanted.items():
        new = Charge(0, wish, State.CHARGED)
        new = replace(new, id=store.add_charge(db, new, key=None, policy=0, by="", now=planned_at, segment=segment))
        _say(db, meeting, log.entered(new), now)


def _wanted(part: Part, wanted: dict[int | None, Wish], metered: Metered | None) -> Wish | None:
    """What the part should be now, taken out of ``wanted``. A ride that was asked for and is on no agenda yet only
    follows the meeting's time."""
    wish = part.charge.wish
    if wish.own or part.segment is not None:
        return wanted.pop(part.segment, None)
    return replace(wish, starts_at=metered.own.starts_at) if metered is not None else None


def _as_it_stands(charge: Charge, wish: Wish) -> Charge:
    """To whom it is charged, and as what kind, was decided when it was asked for; the rest follows the meeting."""
    was = charge.wish
    same = replace(wish, department=was.department, line=was.line, exempt=was.exempt, calls=was.calls)
    return replace(charge, wish=same)


def _say(db: Db, meeting: int, payload: Payload, now: datetime) -> None:
    ledger.append(db, [NewFact(payload)], meeting_id=meeting, at=now, actor="")
