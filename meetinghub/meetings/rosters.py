"""All queries about sites' answers to earlier roll calls."""

from __future__ import annotations

from sqlalchemy import select
from sqlmodel import Session as Db
from sqlmodel import SQLModel

from meetinghub.ids import CommitteeId
from meetinghub.ledger.fact import FactKind, decode
from meetinghub.ledger.payloads import RosterTicked
from meetinghub.ledger.tables import FactRow
from meetinghub.meetings.model import Audience
from meetinghub.meetings.tables import MeetingRow
from meetinghub.people import store as people
from meetinghub.people.model import Person

LOOKED_THROUGH = 3_300
"""A hundred meetings' answers of 33 sites: a site that has not answered since starts anew."""

_FACT, _MEETING = (SQLModel.metadata.tables[row.__tablename__] for row in (FactRow, MeetingRow))


def known(db: Db, committee: CommitteeId, site: str, audience: Audience) -> tuple[list[Person], RosterTicked | None]:
    """A committee's people, and what its site answered last time these people were called."""
    return people.people(db, committee=committee), last_answer(db, site, audience)


def last_answer(db: Db, site: str, audience: Audience) -> RosterTicked | None:
    """The newest roster that ``site`` ticked in a meeting of the same audience."""
    fact = _FACT.c
    newest = (
        select(fact.number, fact.meeting_id, fact.version, fact.payload)
        .where(fact.kind == FactKind.SITE_ROSTER_TICKED.value)
        .order_by(fact.number.desc())
        .limit(LOOKED_THROUGH)
        .subquery()
    )
    own = newest.c.payload.contains(f'"site":"{site}"', autoescape=True)  # canonical text: exactly so
    found = db.execute(
        select(newest.c.version, newest.c.payload, _MEETING.c.roles)
        .join(_MEETING, _MEETING.c.id == newest.c.meeting_id)
        .where(own, _MEETING.c.line == audience.line)
        .order_by(newest.c.number.desc())
    )
    for version, text, roles in found:
        if set(roles) == set(audience.roles):
            payload = decode(FactKind.SITE_ROSTER_TICKED.value, version, text)
            assert isinstance(payload, RosterTicked)
            return payload
    return None
