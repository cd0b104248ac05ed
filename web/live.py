"""What the meeting pages' handlers share: where they find the meetings, and whose meeting a request is about."""

from __future__ import annotations

from aiohttp import web
from aiohttp.web import AppKey

from meetinghub.errors import Forbidden, NotFound
from meetinghub.ids import site_identity
from meetinghub.meetings.admission import Admission, Reservations
from meetinghub.meetings.projection import Projection
from meetinghub.meetings.service import Live, Meetings
from meetinghub.people.model import Account, Right
from web import keys
from web.pace import Pace

MEETINGS = AppKey("meetings", Meetings)
PROJECTION = AppKey("projection", Projection)
ADMISSION = AppKey("admission", Admission)
RESERVATIONS = AppKey("reservations", Reservations)
PACE = AppKey("pace", Pace)

LEADS = (Right.CHAIR, Right.OPERATOR)
"""Who may press the console's buttons, in any meeting."""


def meeting_id(request: web.Request) -> int:
    """The number in the address."""
    text = request.match_info["id"]
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise NotFound("meeting.not_found")
    return int(text)


def own_site(account: Account) -> str | None:
    """The identity of the account's committee; None for everybody else."""
    return site_identity(account.seat) if account.seat is not None else None


async def meeting(request: web.Request) -> Live:
    """The meeting of the address as it is now. A committee finds only those it takes part in."""
    live = await request.app[MEETINGS].current(meeting_id(request))
    site = own_site(request[keys.WHO].account)
    if site is not None and live.meeting.site(site) is None:
        raise NotFound("meeting.not_found")
    return live


def site_in(live: Live, account: Account) -> str:
    """The account's own site in this meeting."""
    site = own_site(account)
    if site is None or live.meeting.site(site) is None:
        raise Forbidden("access.denied")
    return site
