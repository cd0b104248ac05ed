"""提示设置: when the weekly notice closes and goes out, who approves it, who gets it; stopping and resuming sending."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time

import structlog
from aiohttp import web

from digest.settings import Settings, Unapproved
from digest.settings_service import LONGEST_REASON, MOST_DAYS
from digest.settings_store import written
from meetinghub.errors import Error, Invalid
from meetinghub.ids import DepartmentId
from meetinghub.people.model import Role
from web import keys
from web.forms import Form, form
from web.rendering import render
from web.sending import NOTICE_SETTINGS

ROLES = (
    Role.SECRETARY,
    Role.DIRECTOR,
    Role.DEPUTY_DIRECTOR,
    Role.LINE_WORKER,
    Role.OWNERS_COMMITTEE,
    Role.PROPERTY_MANAGER,
    Role.VOLUNTEER,
)
"""Those that people of a committee have."""
TIMES = ("deadline", "warn", "send", "remind")
DONE = {"saved", "paused", "resumed"}
log = structlog.get_logger("notice")


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form holds: as it is kept, or as it was typed."""

    values: dict[str, str]
    roles: tuple[str, ...]
    reason: str = ""
    problems: dict[str, str] = field(default_factory=dict)


async def show(request: web.Request) -> web.Response:
    return await _page(request)


async def save(request: web.Request) -> web.StreamResponse:
    fields = await form(request)
    wanted, typed = _read(fields)
    revision = fields.whole("revision", wrong="form.invalid")
    try:
        fields.check()
        await request.app[NOTICE_SETTINGS].change(request[keys.WHO].account, wanted, revision=revision)
    except Error as error:
        return await _page(request, typed=typed, error=error)
    log.info("settings of the notice changed")
    raise web.HTTPSeeOther("/notice/settings?done=saved")


async def pause(request: web.Request) -> web.StreamResponse:
    fields = await form(request)
    reason = fields.text("reason", longest=LONGEST_REASON, missing="notice_settings.reason_missing")
    try:
        fields.check()
        await request.app[NOTICE_SETTINGS].pause(request[keys.WHO].account, reason)
    except Invalid as error:
        return await _page(request, reason=reason, error=error)
    log.warning("sending paused")
    raise web.HTTPSeeOther("/notice/settings?done=paused")


async def resume(request: web.Request) -> web.StreamResponse:
    await request.app[NOTICE_SETTINGS].resume(request[keys.WHO].account)
    log.info("sending goes on")
    raise web.HTTPSeeOther("/notice/settings?done=resumed")


async def _page(
    request: web.Request, *, typed: Typed | None = None, reason: str = "", error: Error | None = None
) -> web.Response:
    look, words = await request.app[NOTICE_SETTINGS].look(request[keys.WHO].account), request[keys.WORDS]
    problems: dict[str, str] = {}
    if isinstance(error, Invalid):
        problems = {name: words(code) for name, code in error.fields.items()}
    elif error is not None:
        problems = {"host": words(error.code, **error.values)}
    done = request.query.get("done", "")
    return render(
        request,
        "notice/settings.html",
        status=error.status if error else 200,
        look=look,
        typed=typed or _kept(look.settings),
        reason=reason,
        problems=problems,
        policies=list(Unapproved),
        roles=ROLES,
        most_days=MOST_DAYS,
        longest_reason=LONGEST_REASON,
        done=done if done in DONE and error is None else "",
        here=lambda language: f"/notice/settings?lang={language}",
    )


def _kept(settings: Settings) -> Typed:
    values = {
        "host": str(settings.host or ""),
        "deputy": settings.deputy,
        "deadline_days": str(settings.deadline_days),
        "unapproved": settings.unapproved.value,
        **{name: written(getattr(settings, name)) for name in TIMES},
    }
    return Typed(values, tuple(each.value for each in settings.roles))


def _read(fields: Form) -> tuple[Settings, Typed]:
    """What was typed, as far as it can be read; problems are in the form."""
    host = fields.text("host", longest=9)
    if host and not (host.isascii() and host.isdigit()):
        fields.problems["host"] = "notice_settings.no_such_department"
    times: dict[str, time] = {}
    for name in TIMES:
        found = fields.hour(name, missing="notice_settings.time_missing", wrong="notice_settings.bad_time")
        times[name] = found or time()
    chosen = fields.several("roles")
    settings = Settings(
        host=DepartmentId(int(host)) if host and "host" not in fields.problems else None,
        deputy=fields.text("deputy", longest=40),
        deadline_days=fields.whole("deadline_days", wrong="notice_settings.days_out_of_range"),
        deadline=times["deadline"],
        warn=times["warn"],
        send=times["send"],
        remind=times["remind"],
        unapproved=Unapproved.SEND if fields.given.get("unapproved") == Unapproved.SEND else Unapproved.HOLD,
        roles=tuple(each for each in ROLES if each.value in chosen),
    )
    names = ("host", "deputy", "deadline_days", "unapproved", *TIMES)
    values = {name: str(fields.given.get(name, "")) for name in names}
    return settings, Typed(values, chosen)
