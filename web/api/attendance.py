"""How a meeting's attendance stands: counts, and one line for each site. A committee reads its own line."""

from __future__ import annotations

from meetinghub.errors import Refused
from meetinghub.ledger.attendance import Status
from web.api.model import Model, Moment
from web.api.operation import Call, Reply
from web.attendance import ATTENDANCE, seen_by
from web.live import meeting


class SiteAttendance(Model):
    """``statuses`` empty: it was asked for nothing. ``headcount`` null: nobody said how many."""

    seat: int
    committee: int
    name: str
    statuses: list[Status]
    headcount: int | None
    corrected: bool


class AttendanceSummary(Model):
    """``sealed_at`` null: it is not final yet. ``counts``: a site that was late and left early is under both."""

    meeting: int
    sealed_at: Moment | None
    digest: str
    counts: dict[Status, int]
    sites: list[SiteAttendance]


async def show(call: Call) -> Reply[AttendanceSummary]:
    live = await meeting(call.request)
    named = await call.app[ATTENDANCE].sheet(live.meeting.id)
    if named is None:
        raise Refused("attendance.not_begun")
    sheet = seen_by(call.account, named).sheet
    counts = sheet.counts
    return Reply(
        AttendanceSummary(
            meeting=live.meeting.id,
            sealed_at=sheet.seal.at if sheet.seal else None,
            digest=named.sheet.digest,
            counts={status: counts[status] for status in Status},
            sites=[
                SiteAttendance(
                    seat=line.place.seat,
                    committee=line.place.committee_id,
                    name=line.place.name,
                    statuses=list(line.statuses),
                    headcount=line.headcount,
                    corrected=line.corrected,
                )
                for line in sheet.lines
            ],
        )
    )
