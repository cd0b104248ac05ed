"""Roll call: what the main venue does about it, and a site's list of its people."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from meetinghub.errors import Invalid, Refused
from meetinghub.ids import CommitteeId
from meetinghub.ledger import store as ledger
from meetinghub.meetings import roll, rosters
from meetinghub.meetings.roll import Ticks
from meetinghub.meetings.roster import Roster, listed, roster
from meetinghub.meetings.service import Live
from meetinghub.meetings.summary import summary
from meetinghub.people.model import Person, Role
from meetinghub.words import Words
from web import keys
from web.acting import act, text, unknown, whole
from web.forms import json_object
from web.live import meeting, site_in

LONGEST_LIST = 500


async def on_roll(request: web.Request) -> web.Response:
    match await json_object(request):
        case {"act": "open"}:
            return await act(request, roll.open_roll)
        case {"act": "close"}:
            return await act(request, lambda state, now: roll.close_roll(state))
        case {"act": "remind", **rest}:
            one = None if rest.get("site") is None else text("site", rest["site"])
            return await act(request, lambda state, now: roll.remind(state, one, now))
        case {"act": "count", "site": str(site), "headcount": headcount}:
            number = whole("headcount", headcount)
            return await act(request, lambda state, now: roll.count(state, site, number, now))
        case {"act": "excuse", "site": str(site), **rest}:
            reason = text("reason", rest.get("reason") or "")
            return await act(request, lambda state, now: roll.excuse(state, site, reason))
        case {"act": "unexcuse", "site": str(site)}:
            return await act(request, lambda state, now: roll.unexcuse(state, site))
        case other:
            raise unknown(other)


async def roster_json(request: web.Request) -> web.Response:
    """The list of the account's own committee, ticked as it was answered or as it probably is."""
    live = await meeting(request)
    site = site_in(live, request[keys.WHO].account)
    found, words = await _roster(request, live, site), request[keys.WORDS]
    answered = live.state.roll.answers.get(site)
    body = {
        "people": [
            {
                "id": person.id,
                "name": person.name,
                "role": _duty(person, words),
                "ticked": person.id in found.ticks.people,
                "excused": found.ticks.excused.get(person.id),
            }
            for person in found.people
        ],
        "guests": found.ticks.guests,
        "source": found.source,
        "answered_at": answered.at.isoformat() if answered else None,
    }
    return web.json_response(body, headers={"Cache-Control": "private, no-store"})


async def on_roster(request: web.Request) -> web.Response:
    """The one act of a site: who is here."""
    ticks = _ticks(await json_object(request))
    live = await meeting(request)
    site = site_in(live, request[keys.WHO].account)
    known = {person.id for person in (await _roster(request, live, site)).people}
    return await act(request, lambda state, now: roll.answer(state, site, ticks, known, now))


async def summary_json(request: web.Request) -> web.Response:
    """What a site's page says of its own part when the meeting is over."""
    live = await meeting(request)
    site = site_in(live, request[keys.WHO].account)
    facts = await request.app[keys.DATABASE].read(ledger.of_meeting, live.meeting.id)
    found = summary(live.meeting, live.state, facts, site, request.app[keys.CLOCK].now())
    if found is None:
        raise Refused("meeting.not_live", state=live.state.state.value)
    judged = found.judged
    body = {
        "joined_at": found.joined_at.isoformat() if found.joined_at else None,
        "seconds": found.seconds,
        "missed": found.missed,
        "drops": found.drops,
        "turns": found.turns,
        "headcount": judged.headcount,
        "status": judged.status,
        "late": judged.late,
        "left_early": judged.left_early,
    }
    return web.json_response(body, headers={"Cache-Control": "private, no-store"})


async def _roster(request: web.Request, live: Live, site: str) -> Roster:
    committee = next(each.committee_id for each in live.meeting.sites if each.identity == site)
    audience, read = live.meeting.audience, request.app[keys.DATABASE].read
    people, last_time = await read(rosters.known, CommitteeId(committee), site, audience)
    return roster(listed(people), audience, live.state.roll.answers.get(site), last_time)


def _duty(person: Person, words: Words) -> str:
    """What somebody is, in a word: a line worker's line, anybody else's role."""
    if not person.roles:
        return ""
    if person.roles[0] is Role.LINE_WORKER and person.lines:
        return person.lines[0]
    return words(f"duty.{person.roles[0]}")


def _ticks(body: dict[str, Any]) -> Ticks:
    """The list in a site's answer; whom it may name is the rule's business."""
    people, guests, excused = body.get("people"), whole("guests", body.get("guests", 0)), body.get("excused", [])
    if not isinstance(people, list) or len(people) > LONGEST_LIST:
        raise Invalid(fields={"people": "roll.unknown_person"})
    if not isinstance(excused, list) or len(excused) > LONGEST_LIST:
        raise Invalid(fields={"excused": "roll.unknown_person"})
    reasons: dict[int, str] = {}
    for each in excused:
        match each:
            case {"id": number, "reason": str(reason)}:
                reasons[whole("excused", number)] = reason
            case _:
                raise Invalid(fields={"excused": "roll.unknown_reason"})
    return Ticks(frozenset(whole("people", number) for number in people), guests, reasons)
