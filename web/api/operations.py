"""Everything that can be asked of the API, and the document that says so."""

from __future__ import annotations

import json
from functools import cache

from aiohttp import web

from meetinghub.people.model import Right
from meetinghub.tokens.scopes import Scope
from web.access import PUBLIC, SIGNED_IN, Access, only
from web.api import (
    agendas,
    approvals,
    attendance,
    burden,
    claims,
    edge,
    issues,
    me,
    meetings,
    notices,
    openapi,
    policies,
    requests,
    rides,
    series,
    usage,
)
from web.api.operation import ROOT, Handler, Operation
from web.asking import ASKS, SEES_REQUESTS, STAFF
from web.entry import Entry
from web.pages.agendas import CLAIMS, HOSTS
from web.sending import MAY_RUN

_READS = Scope.MEETINGS_READ
_ARRANGES, _CLAIMS, _ANSWERS = only(*HOSTS), only(*CLAIMS), only(*HOSTS, *CLAIMS)
_ASKS, _SEES, _RULES = only(*ASKS), only(*ASKS, *SEES_REQUESTS), only(Right.COORDINATOR, Right.LEADER)
_STAFF = only(*STAFF)
_READS_ISSUES = only(Right.ADMINISTRATOR, Right.LEADER, Right.SITE, *ASKS)
_BEGINS = {409: "The meeting has not begun."}


def _get(path: str, handler: Handler, access: Access, scope: Scope | None, tag: str, summary: str) -> Operation:
    return Operation("GET", path, handler, access, scope, tag, summary)


OPERATIONS = [
    _get("/me", me.show, SIGNED_IN, None, "token", "Whose token this is, and what it opens"),
    _get("/organisation", usage.organisation, SIGNED_IN, None, "token", "Departments and committees by number"),
    # meetings
    _get("/meetings", meetings.index, SIGNED_IN, _READS, "meetings", "Meetings by their start"),
    _get("/meetings/{id}", meetings.show, SIGNED_IN, _READS, "meetings", "One meeting"),
    Operation(
        "GET", "/meetings/{id}/attendance", attendance.show, SIGNED_IN, _READS, "meetings",
        "How its attendance stands", notes=_BEGINS,
    ),
    # agendas
    _get("/meetings/{id}/agenda", agendas.show, SIGNED_IN, _READS, "agendas", "A meeting's agenda before it is held"),
    Operation(
        "POST", "/meetings/{id}/agenda/preview", agendas.try_out, _ARRANGES, _READS, "agendas",
        "What a change would change", writes=False,
    ),
    Operation(
        "POST", "/meetings/{id}/agenda/changes", agendas.change, _ARRANGES, Scope.AGENDAS_WRITE, "agendas",
        "Change the agenda", guarded=True,
    ),
    # rides
    _get("/meetings/{id}/claims", claims.index, _ANSWERS, _READS, "claims", "Claims to a meeting's minutes"),
    _get("/meetings/{id}/claims/{claim}", claims.show, _ANSWERS, _READS, "claims", "One claim"),
    Operation(
        "POST", "/meetings/{id}/claims", claims.make, _CLAIMS, Scope.CLAIMS_WRITE, "claims", "Claim minutes", status=201
    ),
    Operation(
        "POST", "/meetings/{id}/claims/{claim}", claims.decide, _ANSWERS, Scope.CLAIMS_WRITE, "claims",
        "Answer, withdraw or undo",
    ),
    _get("/series/{series}", series.show, SIGNED_IN, _READS, "meetings", "Meetings that come back by a rule"),
    # requests
    _get("/rides", rides.search, _ASKS, Scope.REQUESTS_READ, "requests", "Who already meets, for any audience"),
    _get("/requests", requests.index, _SEES, Scope.REQUESTS_READ, "requests", "Requests, newest first"),
    Operation(
        "POST", "/requests", requests.create, _ASKS, Scope.REQUESTS_WRITE, "requests", "Draft a request", status=201
    ),
    _get("/requests/{request}", requests.show, _STAFF, Scope.REQUESTS_READ, "requests", "One request"),
    Operation(
        "POST", "/requests/{request}/wish", requests.change, _ASKS, Scope.REQUESTS_WRITE, "requests", "Change a draft"
    ),
    _get("/requests/{request}/rides", rides.ranked, _ASKS, Scope.REQUESTS_READ, "requests", "Who already meets"),
    Operation(
        "POST", "/requests/{request}/ride", rides.ride, _ASKS, Scope.REQUESTS_WRITE, "requests",
        "Ride on a meeting instead",
    ),
    Operation(
        "POST", "/requests/{request}/submit", requests.submit, _ASKS, Scope.REQUESTS_WRITE, "requests", "Hand it in"
    ),
    Operation(
        "POST", "/requests/{request}/withdraw", requests.withdraw, _ASKS, Scope.REQUESTS_WRITE, "requests",
        "Take it back",
    ),
    # approvals
    _get("/approvals", approvals.index, _STAFF, Scope.APPROVALS_READ, "approvals", "What waits for my decision"),
    Operation(
        "POST", "/approvals/{request}", approvals.decide, _STAFF, Scope.APPROVALS_WRITE, "approvals",
        "Approve, return or refuse",
    ),
    # the weekly notice: a department's items
    _get("/notices", notices.index, _ASKS, Scope.NOTICES_READ, "notices", "A department's items, newest first"),
    Operation("POST", "/notices", notices.create, _ASKS, Scope.NOTICES_WRITE, "notices", "Write an item", status=201),
    _get("/notices/{notice}", notices.show, _ASKS, Scope.NOTICES_READ, "notices", "One item"),
    Operation(
        "POST", "/notices/{notice}/wording", notices.change, _ASKS, Scope.NOTICES_WRITE, "notices",
        "Change a draft or what was returned", guarded=True,
    ),
    Operation(
        "POST", "/notices/{notice}/submit", notices.submit, _ASKS, Scope.NOTICES_WRITE, "notices", "Hand it in"
    ),
    Operation(
        "POST", "/notices/{notice}/withdraw", notices.withdraw, _ASKS, Scope.NOTICES_WRITE, "notices", "Take it back"
    ),
    # the weekly notice: what was sent, and what committees answered
    _get("/issues", issues.index, _READS_ISSUES, Scope.NOTICES_READ, "issues", "Issues, newest first"),
    _get("/issues/{issue}", issues.show, _READS_ISSUES, Scope.NOTICES_READ, "issues", "One issue and its items"),
    _get("/issues/{issue}/deliveries", issues.deliveries, only(*MAY_RUN), Scope.NOTICES_READ, "issues", "Its mails"),
    _get(
        "/issues/{issue}/items/{item}/acknowledgements", issues.acknowledgements, _READS_ISSUES, Scope.NOTICES_READ,
        "issues", "Who has read and done an item",
    ),
    Operation(
        "POST", "/issues/{issue}/items/{item}/acknowledgements", issues.acknowledge, only(Right.SITE),
        Scope.NOTICES_WRITE, "issues", "Answer for one's own committee",
    ),
    # rules and what they count
    _get("/policies", policies.index, _RULES, Scope.POLICIES_READ, "policies", "Versions of the rules"),
    _get("/policies/{number}", policies.show, _RULES, Scope.POLICIES_READ, "policies", "One version"),
    Operation(
        "POST", "/policies/{number}/dry-run", policies.preview, _RULES, Scope.POLICIES_READ, "policies",
        "Try a version on the past half-year", writes=False,
    ),
    Operation(
        "POST", "/policies/dry-run", policies.try_out, _RULES, Scope.POLICIES_READ, "policies",
        "Try any rules on the past half-year", writes=False,
    ),
    _get("/usage", usage.show, _SEES, Scope.USAGE_READ, "usage", "What is left of the quotas"),
    # what meetings cost
    _get("/burden", burden.show, SIGNED_IN, Scope.BURDEN_READ, "burden", "What meetings cost in a period"),
    _get("/burden/rows", burden.rows, SIGNED_IN, Scope.BURDEN_READ, "burden", "The sittings behind a figure"),
]  # fmt: skip


@cache
def _document() -> str:
    return json.dumps(openapi.document(OPERATIONS), ensure_ascii=False, sort_keys=True)


async def describe(request: web.Request) -> web.Response:
    return web.Response(text=_document(), content_type="application/json")


API: list[Entry] = [
    Entry("GET", f"{ROOT}/openapi.json", describe, PUBLIC, anonymous=True),
    *(edge.entry(each) for each in OPERATIONS),
]
"""The API's lines in the table of addresses."""
