"""Issues, their mails and the answers to their items through the API."""

from __future__ import annotations

import pytest
from aiohttp import web
from sqlmodel import Session as Db

from digest import answer_store, delivery_store
from digest.recipients import Recipient
from meetinghub.mail.message import Owed
from meetinghub.mail.outbox import owe
from tests.web.api.programme import programme
from tests.web.conftest import Browsers
from tests.web.test_notice_answers import NEWS, TITLE, Sent, sending
from web import keys


@pytest.fixture
async def sent(app: web.Application, browsers: Browsers) -> Sent:
    """Committees on seats 4 and 5 have pages, the first a mail that is owed."""
    await browsers()
    found = await sending(app, pages=True)

    def write(db: Db) -> None:
        item = answer_store.sent(db, found.action)
        assert item is not None
        to, now = Recipient("a@b.example", "青禾", found.committees[4]), app[keys.CLOCK].now()
        delivery_store.add(db, item.issue, to, now=now)
        owe(db, Owed(key=delivery_store.key(item.issue, to), to=to.address, subject="x", text="x"), now=now)

    await app[keys.DATABASE].write(write)
    return found


@pytest.fixture
def paged(app: web.Application, sent: Sent) -> int:
    """The issue's number."""
    item = app[keys.DATABASE].read_now(answer_store.sent, sent.action)
    assert item is not None
    return item.issue.id


async def test_issues_are_listed_and_opened_to_each_as_far_as_they_concern_it(
    browsers: Browsers, sent: Sent, paged: int
) -> None:
    for name, titles in (("dept-05", [TITLE, NEWS]), ("site-04", [TITLE, NEWS]), ("site-05", [TITLE])):
        system = await programme(browsers, name)
        _, listed = await system.get("/issues?limit=1")
        assert [each["id"] for each in listed["items"]] == [paged]
        assert listed["next"] is None
        _, found = await system.get(f"/issues/{paged}")
        assert [each["title"] for each in found["items"]] == titles
        assert found["issue"]["state"] == "sent"
    stranger = await programme(browsers, "site-06")
    assert (await stranger.get("/issues"))[1]["items"] == []
    assert (await stranger.get(f"/issues/{paged}"))[0].status == 404


async def test_a_cursor_of_somebody_elses_making_is_refused(browsers: Browsers, sent: Sent, paged: int) -> None:
    system = await programme(browsers, "host")
    for cursor in ("x", "WzldXQ", "WzldIg"):
        response, problem = await system.get(f"/issues?cursor={cursor}")
        assert response.status == 422, problem


async def test_its_mails_are_told_to_those_who_look_after_sending_only(
    browsers: Browsers, sent: Sent, paged: int
) -> None:
    for name in ("host", "admin"):
        response, found = await (await programme(browsers, name)).get(f"/issues/{paged}/deliveries")
        assert response.status == 200
        assert [(each["address"], each["state"]) for each in found["items"]] == [("a@b.example", "owed")]
    for name in ("dept-05", "site-04"):
        assert (await (await programme(browsers, name)).get(f"/issues/{paged}/deliveries"))[0].status == 403


async def test_a_committee_answers_by_its_system_and_its_department_reads_it(
    browsers: Browsers, sent: Sent, paged: int
) -> None:
    own, department = await programme(browsers, "site-04"), await programme(browsers, "dept-03")
    path = f"/issues/{paged}/items/{sent.action}/acknowledgements"
    _, before = await own.get(path)
    assert [each["answer"] for each in before["items"]] == [None]
    response, after = await own.post(path, {"answer": "done", "note": "已报"}, idempotency_key="one")
    assert response.status == 200
    assert [(each["answer"], each["note"], each["via"]) for each in after["items"]] == [("done", "已报", "api")]
    response, _ = await own.post(path, {"answer": "done", "note": "已报"}, idempotency_key="one")
    assert response.headers["Idempotent-Replayed"] == "true"
    _, found = await department.get(path)
    assert {each["committee"]: each["answer"] for each in found["items"]} == {
        sent.committees[4]: "done",
        sent.committees[5]: None,
    }
    await own.post(path, {"answer": "none"})
    assert sent.given() == {}


async def test_nobody_answers_or_reads_what_is_not_theirs(browsers: Browsers, sent: Sent, paged: int) -> None:
    other, department = await programme(browsers, "site-05"), await programme(browsers, "dept-05")
    hidden = f"/issues/{paged}/items/{sent.information}/acknowledgements"
    assert (await other.get(hidden))[0].status == 404
    assert (await other.post(hidden, {"answer": "read"}))[0].status == 404
    assert (await department.get(hidden))[0].status == 404
    assert (await department.post(hidden, {"answer": "read"}))[0].status == 403
    wrong = f"/issues/{paged + 1}/items/{sent.action}/acknowledgements"
    assert (await other.get(wrong))[0].status == 404
    path = f"/issues/{paged}/items/{sent.action}/acknowledgements"
    for body in ({"answer": "maybe"}, {}, {"answer": "done", "note": "长" * 201}, {"answer": "done", "x": 1}):
        assert (await other.post(path, body))[0].status == 422
    assert sent.given(5) == {}
