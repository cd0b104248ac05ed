"""Claims that are only read out: out of the meeting, into the drafts of the weekly notice."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session as Db
from sqlmodel import col, delete

from meetinghub.agendas.claims import Claim
from meetinghub.agendas.plan import Plan
from meetinghub.asking.tables import NoticeDraftRow


class NoticeDrafts:
    """With the meeting's committees: the notice reaches those whom the item would have reached."""

    def keep(self, db: Db, plan: Plan, claim: Claim, *, now: datetime) -> None:
        audience = claim.audience or plan.meeting.audience
        db.add(
            NoticeDraftRow(
                claim_id=claim.id,
                department_id=claim.department,
                title=claim.title,
                text="",
                roles=list(audience.roles),
                committees=sorted(site.committee_id for site in plan.meeting.sites),
                line=audience.line,
                kept_by=claim.decided_by,
                kept_at=now,
            )
        )
        db.flush()

    def drop(self, db: Db, claim: Claim) -> None:
        """The host took the answer back."""
        db.exec(delete(NoticeDraftRow).where(col(NoticeDraftRow.claim_id) == claim.id))
