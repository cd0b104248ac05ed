"""Wishes as facts and facts as the events that :mod:`quotas.replay` judges again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from meetinghub.ledger.fact import Fact, utc_moment, utc_text
from meetinghub.ledger.quotas import QuotaCharged, QuotaDecided, QuotaEntered, QuotaReleased
from quotas.charge import Charge
from quotas.finding import Assessment
from quotas.replay import Asked, Charged, Entered, Event, Released
from quotas.wish import Call, Wish


def calls_text(wish: Wish) -> list[str]:
    """Whom a ride calls, as ``role:1,2,3``; empty for a sitting of one's own."""
    return [f"{call.role}:{','.join(map(str, sorted(call.sites)))}" for call in wish.calls or ()]


def calls_of(texts: Iterable[str], *, own: bool) -> tuple[Call, ...] | None:
    """The inverse of :func:`calls_text`."""
    if own:
        return None
    parted = (text.partition(":") for text in texts)
    return tuple(Call(role, frozenset(map(int, sites.split(",")))) for role, _, sites in parted if sites)


def decided(charge: Charge, found: Assessment, *, refused: bool) -> QuotaDecided:
    """The fact that ``charge``'s wish was judged; ``charge.id`` 0 for a new one that was refused."""
    held = "" if refused or charge.hold_expires_at is None else utc_text(charge.hold_expires_at)
    rows = sorted({row.id for finding in found.broken for row in finding.rows})
    return QuotaDecided(
        **_plain(charge),
        outcome=found.outcome.value,
        policy=found.policy,
        broken=tuple(finding.rule for finding in found.broken),
        rows=tuple(rows),
        held_until=held,
    )


def entered(charge: Charge) -> QuotaEntered:
    return QuotaEntered(**_plain(charge))


def events(facts: Iterable[Fact]) -> list[Event]:
    """What happened to quotas, in the order in which it was written; other facts are passed over.

    A wish that was refused before it had a charge gets a number of its own below 0.
    """
    found: list[Event] = []
    for fact in facts:
        match fact.payload:
            case QuotaDecided() as said:
                until = utc_moment(said.held_until) if said.held_until else None
                found.append(Asked(fact.at, said.charge or -fact.number, _wish(said), until))
            case QuotaEntered() as said:
                found.append(Entered(fact.at, said.charge, _wish(said)))
            case QuotaCharged(charge=charge, meeting=meeting):
                found.append(Charged(fact.at, charge, meeting))
            case QuotaReleased(charge=charge):
                found.append(Released(fact.at, charge))
            case _:
                pass
    return found


def _plain(charge: Charge) -> dict[str, Any]:
    wish = charge.wish
    return {
        "charge": charge.id,
        "starts_at": wish.starts_at,
        "minutes": wish.minutes,
        "sites": tuple(sorted(wish.sites)),
        "roles": tuple(sorted(wish.roles)),
        "department": wish.department,
        "line": wish.line,
        "persons": wish.persons,
        "own": wish.own,
        "calls": tuple(calls_text(wish)),
        "exempt": wish.exempt,
        "speeches": wish.speeches,
        "title": wish.title,
        "meeting": wish.meeting,
    }


def _wish(said: QuotaDecided | QuotaEntered) -> Wish:
    return Wish(
        starts_at=said.starts_at,
        minutes=said.minutes,
        sites=frozenset(said.sites),
        roles=frozenset(said.roles),
        department=said.department,
        line=said.line,
        persons=said.persons,
        own=said.own,
        calls=calls_of(said.calls, own=said.own),
        exempt=said.exempt,
        speeches=said.speeches,
        title=said.title,
        meeting=said.meeting,
    )
