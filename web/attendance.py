"""What the attendance pages share: whose lines a reader sees, who may propose and decide, what an address asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from aiohttp import web
from aiohttp.web import AppKey

from meetinghub.attendance.corrections import Correction
from meetinghub.attendance.service import Attendance, Named
from meetinghub.attendance.sheet import Line, content
from meetinghub.ledger.attendance import Status
from meetinghub.ledger.fact import utc_text
from meetinghub.paper import Press
from meetinghub.people.model import Account, Right
from web.live import own_site

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ATTENDANCE = AppKey("attendance", Attendance)
PRESS = AppKey("press", Press)

PROPOSES_FOR_ANY = (Right.CHAIR, Right.OPERATOR, Right.HOST)
PROPOSES = (Right.SITE, *PROPOSES_FOR_ANY)
"""A committee for itself, the others for any."""
DECIDES = (Right.HOST, Right.COORDINATOR, Right.CHAIR)
"""Whoever of them did not propose it."""
SEES_ALL = (Right.HOST, Right.COORDINATOR, Right.LEADER, Right.ADMINISTRATOR, Right.CHAIR, Right.OPERATOR)
"""Whose list holds every meeting; a department's holds its own."""
SORTS = ("seat", "status")
"""What lines can be sorted by. Minutes and heads are not among them: a sheet is no league table."""
_ORDER: Mapping[Status | None, int] = {status: place for place, status in enumerate(reversed(Status))}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks to see of a sheet."""

    text: str = ""
    status: Status | None = None
    sort: str = "seat"


def asked(request: web.Request) -> Asked:
    """The address's query; what it cannot mean is left out."""
    text = " ".join(request.query.get("q", "").split())[:80].replace("\x00", "")
    sort = request.query.get("sort", "seat")
    return Asked(text, status_of(request.query.get("show", "")), sort if sort in SORTS else "seat")


def status_of(text: str) -> Status | None:
    return next((status for status in Status if status == text), None)


def seen_by(account: Account, named: Named) -> Named:
    """A committee's account gets its own line, its own corrections and its own people's names, and nothing else."""
    site = own_site(account)
    if site is None:
        return named
    lines = tuple(line for line in named.sheet.lines if line.place.identity == site)
    late = tuple(fact for fact in named.sheet.late if getattr(fact.payload, "site", None) == site)
    mine = {number for line in lines for number in line.judged.people}
    mine |= {number for line in lines for number, _ in line.judged.excused_people}
    said = {name for line in lines for each in line.corrections for name in (each.by, each.decided and each.decided.by)}
    return Named(
        replace(named.sheet, lines=lines, late=late),
        {number: name for number, name in named.people.items() if number in mine},
        {account: name for account, name in named.accounts.items() if account in said},
        {each: judged for each, judged in named.late.items() if each == site},
        named.whole,
        named.checkpoint,
    )


def chosen(named: Named, wanted: Asked) -> list[Line]:
    """The lines that ``wanted`` asks for, in its order."""
    lines = [line for line in named.sheet.lines if _matches(named, line, wanted)]
    if wanted.sort == "status":
        return sorted(lines, key=lambda line: (_ORDER.get(line.status, -1), line.place.seat))
    return lines


def download(body: bytes, kind: str, plain: str, name: str) -> web.Response:
    """A file to keep, under ``name`` where the browser can write it and ``plain`` elsewhere (RFC 6266, RFC 8187)."""
    headers = {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "Cache-Control": "private, no-store",
    }
    return web.Response(body=body, content_type=kind, headers=headers)


def as_object(named: Named) -> dict[str, Any]:
    """A sheet as JSON: what was sealed of these lines, with names, and what was said since."""
    sheet, seal = named.sheet, named.sheet.seal
    return {
        **content(sheet),
        "title": sheet.meeting.title,
        "host": sheet.meeting.host,
        "place": sheet.meeting.place,
        "state": sheet.state.state.value,
        "sealed": seal
        and {
            "fact": seal.number,
            "at": utc_text(seal.at),
            "digest": seal.digest,
            "whole": named.whole,
            "checkpoint": named.checkpoint,
        },
        "names": {line.place.identity: line.place.name for line in sheet.lines},
        "people": {str(number): name for number, name in sorted(named.people.items())},
        "now": {
            line.place.identity: {
                "statuses": [status.value for status in line.statuses],
                "headcount": line.headcount,
                "corrected": line.corrected,
            }
            for line in sheet.lines
        },
        "corrections": [_correction(named, each) for each in sheet.corrections],
        "arrived_late": len(sheet.late),
    }


def _correction(named: Named, each: Correction) -> dict[str, Any]:
    decided = each.decided
    return {
        "number": each.number,
        "site": each.site,
        "status": each.status.value if each.status is not None else None,
        "headcount": each.headcount,
        "reason": each.reason,
        "by": named.accounts.get(each.by, each.by),
        "at": utc_text(each.at),
        "decided": decided
        and {
            "accepted": decided.accepted,
            "reason": decided.reason,
            "by": named.accounts.get(decided.by, decided.by),
            "at": utc_text(decided.at),
        },
    }


def _matches(named: Named, line: Line, wanted: Asked) -> bool:
    if wanted.status is not None and wanted.status not in line.statuses:
        return False
    names = (line.place.name, *(named.people.get(number, "") for number in line.judged.people))
    return any(wanted.text in name for name in names)
