"""The burden account through the API: sums that are those of their rows, and nobody's rows but one's own."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from aiohttp import web

from meetinghub.bridges.held import HeldMeetings
from meetinghub.burden.following import follow
from meetinghub.clock import SHANGHAI
from meetinghub.people import store as people
from tests.web.api.programme import Programme, programme
from tests.web.asking import with_meetings
from tests.web.conftest import Browsers
from web import keys

_TODAY = datetime.now(SHANGHAI).date()
LATELY = f"first={_TODAY - timedelta(days=60)}&last={_TODAY}"


@pytest.fixture
async def counted(app: web.Application, browsers: Browsers) -> web.Application:
    """The demonstration's past meetings, followed into the account."""
    await with_meetings(app, browsers)
    await app[keys.DATABASE].write(follow, HeldMeetings())
    return app


async def all_rows(caller: Programme, query: str) -> list[dict[str, object]]:
    """Piece by piece, one row each."""
    found: list[dict[str, object]] = []
    cursor = ""
    while True:
        response, piece = await caller.get(f"/burden/rows?{query}&limit=1{cursor}")
        assert response.status == 200, piece
        found += piece["items"]
        if piece["next"] is None:
            assert len(found) == piece["whole"]
            return found
        cursor = f"&cursor={piece['next']}"


@pytest.mark.usefixtures("counted")
async def test_sums_are_those_of_their_rows(browsers: Browsers) -> None:
    caller = await programme(browsers, "coordinator")
    response, found = await caller.get(f"/burden?{LATELY}")
    assert response.status == 200
    rows = await all_rows(caller, f"{LATELY}&figure=attendances")
    assert len(rows) == found["sums"]["sittings"] > 1
    assert sum(row["attendances"] for row in rows) == found["sums"]["attendances"]  # type: ignore[misc]
    assert [row["starts_at"] for row in rows] == sorted((str(row["starts_at"]) for row in rows), reverse=True)
    per_day = found["sums"]["attendances"] / (found["committees"] * found["working_days"])
    assert found["per_committee_and_day"] == pytest.approx(per_day)


async def test_a_committee_and_a_department_read_their_own_rows_and_the_streets_sums(
    counted: web.Application, browsers: Browsers
) -> None:
    committees = await counted[keys.DATABASE].read(people.committees)
    departments = await counted[keys.DATABASE].read(people.departments)
    for name, own, other in (
        ("site-04", f"committee={committees[3].id}", f"committee={committees[4].id}"),
        ("dept-03", f"department={departments[2].id}", f"department={departments[3].id}"),
    ):
        caller = await programme(browsers, name)
        assert (await caller.get(f"/burden?{LATELY}"))[0].status == 200
        assert (await caller.get(f"/burden?{LATELY}&{own}"))[0].status == 200
        assert await all_rows(caller, f"{LATELY}&{own}")
        for path in (f"/burden?{other}", f"/burden/rows?{other}", "/burden/rows"):
            response, problem = await caller.get(path)
            assert (response.status, problem["status"]) == (403, 403), path


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("first=2026-01-01", "last"),
        ("last=2026-01-01", "first"),
        ("first=2026-02-01&last=2026-01-01", "last"),
        ("committee=1&department=1", "department"),
        ("committee=999", "committee"),
        ("department=999", "department"),
        ("role=clerk", "role"),
        ("role=king", "role"),
    ],
)
async def test_what_cannot_be_asked_is_named(browsers: Browsers, query: str, field: str) -> None:
    caller = await programme(browsers, "coordinator")
    response, problem = await caller.get(f"/burden?{query}")
    assert response.status == 422
    assert [each["field"] for each in problem["errors"]] == [field]
