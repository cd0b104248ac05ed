"""Read-outs that need nobody to come: out of a request or a meeting, into a department's items of the notice."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session as Db

from digest import item_store as items
from digest.model import Audience, Origin, State, Wording
from digest.wording import tidied
from meetinghub.agendas.claims import Claim
from meetinghub.agendas.plan import Plan
from meetinghub.asking.model import Request
from meetinghub.ids import CommitteeId, DepartmentId
from meetinghub.people.model import Role


class NoticeDrafts:
    """With the committees that a meeting would have called: the notice reaches those whom the item would have."""

    def keep(self, db: Db, plan: Plan, claim: Claim, *, now: datetime) -> None:
        audience = claim.audience or plan.meeting.audience
        committees = frozenset(CommitteeId(site.committee_id) for site in plan.meeting.sites)
        whom = Audience(committees, _roles(audience.roles), audience.line)
        said = Wording(claim.title, audiences=(whom,))
        _keep(db, claim.department, said, by=claim.decided_by, now=now, origin=Origin.CLAIM, ref=claim.id)

    def drop(self, db: Db, claim: Claim) -> None:
        """The host took the answer back. What the department has handed in already stays."""
        items.forget(db, Origin.CLAIM, claim.id)

    def keep_request(self, db: Db, found: Request, *, by: str, now: datetime) -> None:
        wish = found.wish
        whom = Audience(wish.audience.committees, wish.audience.roles, wish.audience.line)
        said = Wording(wish.title, wish.purpose, audiences=(whom,))
        _keep(db, found.department_id, said, by=by, now=now, origin=Origin.REQUEST, ref=found.id)


def _keep(db: Db, department: int, said: Wording, *, by: str, now: datetime, origin: Origin, ref: int) -> None:
    """Once for each: what was laid aside comes back."""
    known = items.of_origin(db, origin, ref)
    if known is None:
        items.add(db, DepartmentId(department), tidied(said), by=by, now=now, origin=origin, origin_ref=ref)
    elif known.state is State.WITHDRAWN:
        items.note(db, known.id, State.DRAFT, by=by, now=now)


def _roles(names: Collection[str]) -> tuple[Role, ...]:
    known = {each.value for each in Role}
    return tuple(Role(each) for each in names if each in known)
