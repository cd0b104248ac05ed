"""Documents on both engines: put there, replaced, removed, fetched by those they are for."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import Session as Db

from meetinghub.db import Database
from meetinghub.documents.model import MOST, sees
from meetinghub.documents.service import Documents
from meetinghub.errors import Forbidden, Invalid, NotFound, Refused, Stale
from meetinghub.files.shelf import Shelf
from meetinghub.ledger import documents as d
from meetinghub.ledger import payloads as p
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import NewFact
from meetinghub.meetings import service as meetings
from meetinghub.meetings import store as planned
from meetinghub.people.model import Right
from tests.meetinghub.agendas import hosted
from tests.meetinghub.agendas.hosted import MONDAY
from tests.meetinghub.files.examples import FILES
from tests.meetinghub.meetings.planned import SetClock
from tests.meetinghub.minutes.examples import CIVIL, HOST, PARTY, committee, facts, segments


def documents(database: Database, folder: Path) -> Documents:
    return Documents(database, SetClock(MONDAY), Shelf(folder / "files"))


async def test_a_document_is_fetched_with_its_content_by_everybody_it_is_for(
    database: Database, tmp_path: Path
) -> None:
    meeting, kept = database.write_now(hosted.fill), documents(database, tmp_path)
    first = segments(database, meeting)[0]
    number = await kept.add(meeting, first, HOST, name="../走访名单.xlsx", data=FILES["xlsx"])
    for account in (HOST, PARTY, committee(1)):
        found, data = await kept.fetch(meeting, number, account)
        assert (found.name, found.version, data) == ("走访名单.xlsx", 1, FILES["xlsx"])
    for account in (CIVIL, committee(9)):
        with pytest.raises(NotFound):
            await kept.fetch(meeting, number, account)
    (fact,) = facts(database, meeting, "document:")
    digest = hashlib.sha256(FILES["xlsx"]).hexdigest()
    assert fact.payload == d.DocumentAdded(number, first, digest, len(FILES["xlsx"]))
    assert (await kept.papers(meeting, CIVIL)).segments == ()


async def test_a_newer_version_replaces_and_the_earlier_stays(database: Database, tmp_path: Path) -> None:
    meeting, kept = database.write_now(hosted.fill), documents(database, tmp_path)
    first = segments(database, meeting)[0]
    old = await kept.add(meeting, first, HOST, name="a.pdf", data=b"%PDF-1")
    new = await kept.add(meeting, first, HOST, name="a2.pdf", data=b"%PDF-2", replaces=old)
    (shown,) = (await kept.papers(meeting, HOST)).of(first)
    assert (shown.now.id, shown.now.version, [each.id for each in shown.earlier]) == (new, 2, [old])
    assert (await kept.fetch(meeting, old, committee(1)))[1] == b"%PDF-1"
    with pytest.raises(Invalid):
        await kept.add(meeting, first, HOST, name="a3.pdf", data=b"%PDF-2", replaces=old)
    with pytest.raises(Stale):
        await kept.remove(meeting, old, HOST, reason="旧的")


async def test_what_is_removed_is_shown_to_nobody_and_says_why(database: Database, tmp_path: Path) -> None:
    meeting, kept = database.write_now(hosted.fill), documents(database, tmp_path)
    first = segments(database, meeting)[0]
    number = await kept.add(meeting, first, HOST, name="a.pdf", data=b"%PDF-1")
    with pytest.raises(Invalid):
        await kept.remove(meeting, number, HOST, reason=" ")
    await kept.remove(meeting, number, HOST, reason="发错了")
    await kept.remove(meeting, number, HOST, reason="再来")
    assert (await kept.papers(meeting, HOST)).of(first) == ()
    with pytest.raises(NotFound):
        await kept.fetch(meeting, number, HOST)
    with pytest.raises(NotFound):
        await kept.add(meeting, first, HOST, name="b.pdf", data=b"%PDF-2", replaces=number)
    said = [each.payload for each in facts(database, meeting, "document:")]
    assert said[1:] == [d.DocumentRemoved(number, "发错了")]


async def test_a_department_puts_documents_to_its_own_segment_only(database: Database, tmp_path: Path) -> None:
    meeting, kept = database.write_now(hosted.fill), documents(database, tmp_path)
    found = database.read_now(planned.meeting, meeting)
    assert found is not None
    own = next(each.id for each in found.segments if each.department_id == PARTY.department)
    other = next(each.id for each in found.segments if each.department_id != PARTY.department)
    number = await kept.add(meeting, own, PARTY, name="a.pdf", data=b"%PDF-1")
    with pytest.raises(Forbidden):
        await kept.add(meeting, other, PARTY, name="a.pdf", data=b"%PDF-1")
    with pytest.raises(Forbidden):
        await kept.remove(meeting, number, committee(1), reason="x")
    with pytest.raises(NotFound):
        await kept.add(meeting, 999, HOST, name="a.pdf", data=b"%PDF-1")
    assert list((tmp_path / "files").rglob("*")) != []


async def test_there_is_an_end_to_how_many_and_none_after_a_cancelled_meeting(
    database: Database, tmp_path: Path
) -> None:
    meeting, kept = database.write_now(hosted.fill), documents(database, tmp_path)
    first = segments(database, meeting)[0]
    for number in range(MOST):
        await kept.add(meeting, first, HOST, name="a.pdf", data=b"%PDF-" + bytes([number]))
    with pytest.raises(Invalid) as caught:
        await kept.add(meeting, first, HOST, name="a.pdf", data=b"%PDF-more")
    assert caught.value.fields == {"file": "document.too_many"}

    def cancel(db: Db) -> None:
        ledger.append(db, [NewFact(p.MeetingCancelled("台风"))], meeting_id=meeting, at=MONDAY, actor="chair")
        of = planned.meeting(db, meeting)
        assert of is not None
        meetings.note(db, of, MONDAY)

    database.write_now(cancel)
    with pytest.raises(Refused, match="cancelled"):
        await kept.add(meeting, first, HOST, name="a.pdf", data=b"%PDF-last")


def test_a_segment_for_some_committees_is_not_the_others(sqlite_database: Database) -> None:
    meeting = sqlite_database.write_now(hosted.fill)
    found = sqlite_database.read_now(planned.meeting, meeting)
    assert found is not None
    some = replace(found.segments[0], sites=("site-01",))
    assert sees(found, some, committee(1))
    assert not sees(found, some, committee(2))
    assert sees(found, some, hosted.account(hosted.CIVIL, Right.LEADER))
    assert not sees(found, some, hosted.account(hosted.CIVIL, Right.ADMINISTRATOR))
