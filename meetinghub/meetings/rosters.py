"""All queries about sites' answers to earlier roll calls."""

from __future__ import annotations

from sqlalchemy import select
from sqlmodel import Session as Db
from sqlmodel import SQLModel

from meetinghub.ids import CommitteeId
from meetinghub.ledger.fact import FactKind, decode
from meetinghub.ledger.payloads import RosterTicked
from meetinghub.ledger.tables import FactRow
from meetinghub.people import store as people
from meetinghub.people.model import Person

LOOKED_THROUGH = 3_300
"""A hundred meetings' answers of 33 sites: a site that has not answered since starts anew."""

_FACT = SQLModel.metadata.tables[FactRow.__tablename__]


def known(db: Db, committee: CommitteeId, site: str) -> tuple[list[Person], RosterTicked | None]:
    """A committee's people and what its site answered last, in any meeting."""
    return people.people(db, committee=committee), last_answer(db, site)


def last_answer(db: Db, site: str) -> RosterTicked | None:
    """The newest roster that ``site`` ticked."""
    fact = _FACT.c
    newest = (
        select(fact.number, fact.version, fact.payload)
        .where(fact.kind == FactKind.SITE_ROSTER_TICKED.value)
        .order_by(fact.number.desc())
        .limit(LOOKED_THROUGH)
        .subquery()
    )
    own = newest.c.payload.contains(f'"site":"{site}"', autoescape=True)  # canonical text: exactly so
    found = db.execute(
        select(newest.c.version, newest.c.payload).where(own).order_by(newest.c.number.desc()).limit(1)
    ).first()
    if found is None:
        return None
    payload = decode(FactKind.SITE_ROSTER_TICKED.value, found.version, found.payload)
    assert isinstance(payload, RosterTicked)
    return payload
