"""会议规则, for the coordinator: versions in plain sentences, a draft as a form, tried on what was, switched on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import structlog
from aiohttp import web

from meetinghub.errors import Invalid, NotFound, Refused
from meetinghub.people import store as people
from quotas import document
from quotas.finding import Assessment, Outcome
from quotas.period import local_day
from quotas.policies import Preview
from quotas.policy import KINDS, Action, Rule, Status
from quotas.store import Version
from web import keys
from web.forms import form
from web.pages.policy_fields import controls
from web.policies import POLICIES, Draft, sentence, shown, typed
from web.rendering import render

log = structlog.get_logger("policies")
ROWS_NAMED = 3
"""How many of the meetings that used something up are named with a refusal."""


async def index(request: web.Request) -> web.Response:
    """Every version, what is in force first."""
    today = local_day(request.app[keys.CLOCK].now())
    versions = await request.app[POLICIES].versions()
    groups: dict[str, list[Version]] = {name: [] for name in ("now", "ahead", "draft", "past")}
    for each in versions:
        groups[_stands(each, today)].append(each)
    return render(
        request, "policies.html", groups=groups, said=await _sentences(request), done=request.query.get("done", "")
    )


async def draft(request: web.Request) -> web.StreamResponse:
    """Begin a new version from the one in force, or from the one that is named."""
    fields = await form(request)
    text = fields.text("like", longest=9)
    like = int(text) if text.isascii() and text.isdecimal() else None
    number = await request.app[POLICIES].draft(like=like, actor=request[keys.WHO].account.username)
    log.info("drafted", policy=number)
    raise web.HTTPSeeOther(f"/policies/{number}")


async def show(request: web.Request) -> web.Response:
    """A draft as a form; any other version in sentences."""
    version = await request.app[POLICIES].version(_number(request))
    if version.policy.status is not Status.DRAFT:
        today = local_day(request.app[keys.CLOCK].now())
        said = await _sentences(request)
        return render(request, "policy.html", version=version, said=said, stands=_stands(version, today))
    first = shown(version.policy.rules, revision=version.revision, note=version.note)
    return await _form(request, first, saved="saved" in request.query)


async def change(request: web.Request) -> web.StreamResponse:
    """Save, add a rule or take one away; adding and taking away keep what was typed and save nothing yet."""
    number, given = _number(request), await request.post()
    version = await request.app[POLICIES].version(number)
    if version.policy.status is not Status.DRAFT:
        raise Refused("policy.not_draft")
    filled, do = typed(given), str(given.get("do", "save"))
    act, _, which = do.partition(":")
    if act == "add":
        kind = str(given.get("kind", ""))
        return await _form(request, filled.with_new(kind) if kind in KINDS else filled, changed=True)
    if act == "remove" and which.isascii() and which.isdecimal() and len(which) < 4:
        return await _form(request, filled.without(int(which)), changed=True)
    try:
        rules = filled.rules()
    except Invalid as error:
        bad = Draft(filled.revision, filled.note, filled.rows, error.fields)
        return await _form(request, bad, status=error.status)
    await request.app[POLICIES].change(number, revision=filled.revision, rules=rules, note=filled.note)
    raise web.HTTPSeeOther(f"/policies/{number}/preview" if act == "preview" else f"/policies/{number}?saved=yes")


async def preview(request: web.Request) -> web.Response:
    """What the version would have said of the past half-year's meetings."""
    return await _preview(request)


async def switch_on(request: web.Request) -> web.StreamResponse:
    number, fields = _number(request), await form(request)
    since, revision = fields.text("since", longest=10), fields.text("revision", longest=9)
    try:
        day = date.fromisoformat(since)
    except ValueError:
        return await _preview(request, since=since, problems={"since": "policy.since_unreadable"})
    try:
        await request.app[POLICIES].switch_on(
            number,
            revision=int(revision) if revision.isascii() and revision.isdecimal() else -1,
            since=day,
            actor=request[keys.WHO].account.username,
        )
    except Invalid as error:
        return await _preview(request, since=since, problems=dict(error.fields))
    log.info("switched on", policy=number, since=since)
    raise web.HTTPSeeOther("/policies?done=switched_on")


async def withdraw(request: web.Request) -> web.StreamResponse:
    """Take a version back before it begins."""
    await request.app[POLICIES].withdraw(_number(request), actor=request[keys.WHO].account.username)
    raise web.HTTPSeeOther("/policies?done=withdrawn")


async def drop(request: web.Request) -> web.StreamResponse:
    """Throw a draft away."""
    await request.app[POLICIES].drop(_number(request))
    raise web.HTTPSeeOther("/policies?done=dropped")


async def _form(
    request: web.Request, filled: Draft, *, status: int = 200, saved: bool = False, changed: bool = False
) -> web.Response:
    words = request[keys.WORDS]
    departments = await _departments(request)
    return render(
        request,
        "policy_edit.html",
        status=status,
        number=_number(request),
        draft=filled,
        rows=[controls(words, row, departments) for row in filled.rows],
        kinds=list(KINDS),
        full=len(filled.rows) >= document.MOST_RULES,
        problems=dict(filled.problems),
        saved=saved,
        changed=changed,
    )


async def _preview(
    request: web.Request, *, since: str | None = None, problems: Mapping[str, str] | None = None
) -> web.Response:
    seen = await request.app[POLICIES].preview(_number(request))
    today = local_day(request.app[keys.CLOCK].now())
    departments = await _departments(request)
    said = {rule.id: sentence(request[keys.WORDS], rule, departments) for rule in seen.version.policy.rules}
    return render(
        request,
        "policy_preview.html",
        status=422 if problems else 200,
        seen=seen,
        outcomes=list(Outcome),
        changed=[_changed(seen, place, departments) for place in range(len(seen.comparison.changed))],
        said=said,
        since=today.isoformat() if since is None else since,
        today=today.isoformat(),
        problems=dict(problems or {}),
        is_draft=seen.version.policy.status is Status.DRAFT,
    )


def _changed(seen: Preview, place: int, departments: Mapping[int, str]) -> dict[str, object]:
    """A meeting that would have fared otherwise, with the rules that say so and the meetings that count."""
    each = seen.comparison.changed[place]
    wish = each.asked.wish
    return {
        "title": wish.title,
        "meeting": wish.meeting,
        "starts_at": wish.starts_at,
        "own": wish.own,
        "department": departments.get(wish.department or 0, ""),
        "before": each.before.outcome,
        "after": each.after.outcome,
        "why": _why(each.after),
    }


def _why(assessment: Assessment) -> list[dict[str, object]]:
    return [
        {
            "rule": found.rule,
            "rows": [row.wish for row in found.rows[:ROWS_NAMED]],
            "more": max(0, len(found.rows) - ROWS_NAMED),
        }
        for found in assessment.broken
        if found.action is not Action.WARN
    ]


def _stands(version: Version, today: date) -> str:
    """``now``, ``ahead``, ``draft`` or ``past``."""
    policy = version.policy
    if policy.status is Status.DRAFT:
        return "draft"
    if policy.status is Status.RETIRED or policy.effective_from is None:
        return "past"
    if policy.effective_from > today:
        return "ahead"
    return "past" if policy.effective_until is not None and policy.effective_until <= today else "now"


async def _sentences(request: web.Request) -> Mapping[int, list[str]]:
    """Every version's rules in words."""
    departments = await _departments(request)

    def said(rules: tuple[Rule, ...]) -> list[str]:
        return [sentence(request[keys.WORDS], rule, departments) for rule in rules]

    versions = await request.app[POLICIES].versions()
    return {each.policy.number: said(each.policy.rules) for each in versions}


async def _departments(request: web.Request) -> dict[int, str]:
    found = await request.app[keys.DATABASE].read(people.departments)
    return {each.id: each.name for each in found}


def _number(request: web.Request) -> int:
    text = request.match_info["number"]
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise NotFound("policy.not_found")
    return int(text)
