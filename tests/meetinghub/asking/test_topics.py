"""A committee's topic on a host's agenda, on both engines."""

from __future__ import annotations

import pytest
from sqlmodel import Session as Db

from meetinghub.agendas.service import Agendas
from meetinghub.asking.model import TopicState
from meetinghub.asking.topics import Topics
from meetinghub.db import Database
from meetinghub.errors import Forbidden, Invalid, Stale
from meetinghub.ledger import coordination as c
from meetinghub.ledger.fact import FactKind
from meetinghub.ledger.store import of_kinds
from meetinghub.people.tables import CommitteeRow
from tests.meetinghub.agendas import hosted
from tests.meetinghub.agendas.hosted import CLAIMING, HOST, HOSTING, MONDAY, SAFETY
from tests.meetinghub.meetings.planned import SetClock
from tests.meetinghub.minutes.examples import committee


def street(database: Database) -> tuple[int, Agendas, Topics]:
    meeting, agendas = database.write_now(hosted.fill), hosted.agendas(database)
    return meeting, agendas, Topics(database, SetClock(MONDAY), agendas)


async def asked(topics: Topics, *, seat: int = 1) -> int:
    return await topics.ask(committee(seat), department=SAFETY, title="垃圾清运", text="三天没有清运")


async def test_a_topic_becomes_a_segment_and_its_committee_sees_where(database: Database) -> None:
    meeting, agendas, topics = street(database)
    number = await asked(topics)
    await topics.schedule(number, HOSTING, meeting=meeting, minutes=10, speaker="邵景澄")
    (found,) = await topics.all()
    assert (found.state, found.taken_by, found.meeting_id) == (TopicState.TAKEN, HOST, meeting)
    segment = next(each for each in (await agendas.plan(meeting)).agenda if each.title == "垃圾清运")
    assert (segment.minutes, segment.speaker, segment.department_id) == (10, "邵景澄", HOST)
    (fact,) = database.read_now(of_kinds, [FactKind.TOPIC_SCHEDULED])
    assert fact.payload == c.TopicScheduled(number, HOST, meeting, 10)
    with pytest.raises(Stale):
        await topics.schedule(number, HOSTING, meeting=meeting, minutes=10)
    assert sum(each.title == "垃圾清运" for each in (await agendas.plan(meeting)).agenda) == 1


async def test_only_on_an_agenda_of_ones_own_which_the_committee_attends(database: Database) -> None:
    meeting, agendas, topics = street(database)
    before = (await agendas.plan(meeting)).agenda

    def outside(db: Db) -> None:
        row = CommitteeRow(id=109, street_office_id=1, seat=9, name="居委会9", full_name="居委会9", phone="")
        db.add(row)

    database.write_now(outside)
    number, elsewhere = await asked(topics), await asked(topics, seat=9)
    with pytest.raises(Forbidden):
        await topics.schedule(number, CLAIMING, meeting=meeting, minutes=10)
    for minutes, of, topic in (
        (4, meeting, number),
        (61, meeting, number),
        (10, 999, number),
        (10, meeting, elsewhere),
    ):
        with pytest.raises(Invalid):
            await topics.schedule(topic, HOSTING, meeting=of, minutes=minutes)
    assert (await agendas.plan(meeting)).agenda == before
    assert {each.state for each in await topics.all()} == {TopicState.OPEN}
