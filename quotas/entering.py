"""Sittings that were held before anybody was asked: charged as they were, many at once, and given back as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session as Db

from meetinghub.ledger import quotas as facts
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import NewFact
from quotas import log, store
from quotas.charge import Charge, State
from quotas.wish import Wish


@dataclass(frozen=True, slots=True)
class Entry:
    """``key`` names it for ever, ``asked_at`` is when it was asked for as far as anybody knows."""

    key: str
    wish: Wish
    asked_at: datetime


def enter(db: Db, entries: Sequence[Entry], *, now: datetime, actor: str) -> None:
    """Charge them without judging; the caller's transaction holds the ledger."""
    new = [Charge(0, each.wish, State.CHARGED) for each in entries]
    keyed = [(each.key, each.asked_at) for each in entries]
    numbers = store.add_charges(db, new, keyed, by=actor)
    said = [NewFact(log.entered(replace(each, id=number))) for each, number in zip(new, numbers, strict=True)]
    ledger.append(db, said, meeting_id=None, at=now, actor=actor)


def give_back(db: Db, prefix: str, *, now: datetime, actor: str) -> int:
    """Release everything whose key begins with ``prefix``; how many that were."""
    known = store.keyed(db, prefix)
    store.release_all(db, [each.id for each in known])
    said = [NewFact(facts.QuotaReleased(each.id, "taken_back")) for each in known]
    ledger.append(db, said, meeting_id=None, at=now, actor=actor)
    return len(known)
