"""From a file to history and back, on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import col, select

from meetinghub.bridges.charging import quotas
from meetinghub.bridges.held import HeldMeetings
from meetinghub.bridges.importing import Charged, OwnMeetings
from meetinghub.burden import following
from meetinghub.burden.following import follow
from meetinghub.burden.tables import SittingRow
from meetinghub.db import Database
from meetinghub.errors import Invalid, NotFound, Refused, Stale
from meetinghub.imports import store
from meetinghub.imports.model import Field, Table
from meetinghub.imports.service import FORGOTTEN_AFTER, Imports
from meetinghub.imports.store import Taking
from meetinghub.imports.upload import read
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import FactKind
from meetinghub.ledger.tables import FactRow
from meetinghub.mail.tables import MailRow
from meetinghub.meetings.tables import MeetingRow
from quotas import log, policies
from quotas.policies import Policies
from quotas.policy import Per, Quota
from quotas.replay import Entered
from quotas.tables import ChargeRow
from tests.meetinghub.imports.examples import COMMITTEES, HEADING, NOW, ROWS, csv_file, fill


class Time:
    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        return self.at


async def at_once(body: bytes, now: datetime) -> Table | str:
    return read(body, now)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def imports(database: Database, time: Time) -> Imports:
    database.write_now(fill)
    return Imports(database, time, at_once, history=Charged(), planned=OwnMeetings())


async def draft_of(imports: Imports, body: bytes, file: str = "history.csv") -> int:
    found = await imports.upload(body, file=file, by="coordinator")
    assert isinstance(found, int)
    return found


async def taken(imports: Imports, body: bytes, *, leave_out: bool = False) -> int:
    number = await draft_of(imports, body)
    revision = (await imports.look(number)).draft.revision
    return await imports.take(number, revision=revision, leave_out=leave_out, by="coordinator")


def kinds(database: Database) -> list[str]:
    return database.read_now(lambda db: list(db.exec(select(FactRow.kind).order_by(col(FactRow.number)))))


def count(database: Database, row: type[ChargeRow] | type[MailRow] | type[MeetingRow]) -> int:
    return database.read_now(lambda db: len(db.exec(select(row)).all()))


async def test_a_file_of_headings_the_office_uses_is_taken_without_a_question(
    database: Database, imports: Imports
) -> None:
    number = await taken(imports, csv_file())
    taking, meetings = await imports.taking(number, after=0, most=10)
    assert (taking.meetings, taking.known, taking.left_out) == (2, 0, 0)
    assert (taking.first_day, taking.last_day) == (date(2026, 3, 5), date(2026, 3, 12))
    first, second = (each.held for each in meetings)
    assert (first.title, first.starts_at, first.minutes) == ("垃圾分类部署会", datetime(2026, 3, 5, 6, tzinfo=UTC), 90)
    assert (first.department, first.line, len(first.committees)) == (2, "城管", len(COMMITTEES))
    assert (second.minutes, second.committees, second.roles) == (90, frozenset({1, 3}), frozenset({"line_worker"}))
    assert [each.persons for each in meetings] == [2 * len(COMMITTEES), 0]
    assert kinds(database) == ["import:taken", "quota:entered", "quota:entered"]


async def test_history_plans_nothing_and_mails_nobody(database: Database, imports: Imports) -> None:
    await taken(imports, csv_file())
    assert (count(database, MeetingRow), count(database, MailRow)) == (0, 0)


async def test_history_is_judged_in_the_preview_of_a_policy(database: Database, imports: Imports, time: Time) -> None:
    recent = [replace_day(row, "2026-10-12") for row in ROWS] + [
        ("垃圾分类推进会", "2026-10-19", "9:00", "60", "城管科", "全部", "书记")
    ]
    await taken(imports, csv_file(recent))
    tried = Policies(database, time, quotas())
    number = await tried.draft(like=None, actor="coordinator")
    version = await tried.version(number)
    rule = Quota("q", per=Per.DEPARTMENT, limit=1, not_roles=())
    await tried.change(number, revision=version.revision, rules=(rule,), note="")
    found = (await tried.preview(number)).comparison
    assert found.judged == 3
    assert [each.asked.wish.title for each in found.changed] == ["垃圾分类推进会"]
    events = database.read_now(policies.history, NOW)
    assert all(each.at < each.wish.starts_at for each in events)  # type: ignore[union-attr]


def replace_day(row: tuple[str, ...], day: str) -> tuple[str, ...]:
    return (row[0], day, *row[2:])


async def test_the_log_says_all_that_replay_needs(database: Database, imports: Imports) -> None:
    await taken(imports, csv_file())
    facts = database.read_now(ledger.of_kinds, [FactKind.QUOTA_ENTERED])
    events = log.events(facts)
    assert all(isinstance(each, Entered) for each in events)
    assert [each.wish.title for each in events] == ["垃圾分类部署会", "低保复核培训"]  # type: ignore[union-attr]


async def test_the_same_file_is_recognised(imports: Imports) -> None:
    number = await draft_of(imports, csv_file())
    assert await draft_of(imports, csv_file()) == number
    done = await taken(imports, csv_file())
    again = await imports.upload(csv_file(), file="copy.csv", by="admin")
    assert isinstance(again, Taking)
    assert again.id == done


async def test_rows_that_are_there_already_are_not_doubled(database: Database, imports: Imports) -> None:
    await taken(imports, csv_file())
    more = [*ROWS, ("河道保洁会", "2026-4-1", "10:00", "30", "城管科", "河滨", "主任")]
    number = await draft_of(imports, csv_file(more))
    looked = await imports.look(number)
    assert looked.known == {2, 3}
    made = await imports.take(number, revision=0, leave_out=False, by="admin")
    taking, meetings = await imports.taking(made, after=0, most=10)
    assert (taking.meetings, taking.known) == (1, 2)
    assert [each.held.title for each in meetings] == ["河道保洁会"]
    same = await draft_of(imports, csv_file(more, mark=";"))
    with pytest.raises(Refused, match="nothing_new"):
        await imports.take(same, revision=0, leave_out=False, by="admin")
    assert (await imports.look(same)).draft.id == same, "a refusal leaves the draft"
    assert count(database, ChargeRow) == 3


async def test_a_meeting_of_our_own_is_there_already(database: Database, imports: Imports) -> None:
    def plan(db: object) -> None:
        starts = datetime(2026, 3, 5, 1, tzinfo=UTC)
        db.add(  # type: ignore[attr-defined]
            MeetingRow(
                title="垃圾分类部署会", host_department_id=2, host="城管科", place="", phone="", chair="chair",
                announced_at=starts, starts_at=starts, ends_at=starts + timedelta(hours=1),
            )
        )  # fmt: skip

    database.write_now(plan)
    assert (await imports.look(await draft_of(imports, csv_file()))).known == {2}


async def test_a_row_with_a_problem_holds_everything_up_until_somebody_leaves_it_out(
    database: Database, imports: Imports
) -> None:
    bad = csv_file([*ROWS, ("无日期", "某天", "10:00", "30", "城管科", "河滨", "主任")])
    number = await draft_of(imports, bad)
    with pytest.raises(Refused, match="has_problems"):
        await imports.take(number, revision=0, leave_out=False, by="coordinator")
    assert kinds(database) == []
    done = await imports.take(number, revision=0, leave_out=True, by="coordinator")
    assert (await imports.taking(done, after=0, most=9))[0].left_out == 1


async def test_taking_back_takes_all_back_and_is_one_act(database: Database, imports: Imports) -> None:
    number = await taken(imports, csv_file())
    await imports.take_back(number, reason="列对错了", by="admin")
    await imports.take_back(number, reason="又一次", by="admin")
    taking, meetings = await imports.taking(number, after=0, most=9)
    assert (taking.taken_back_by, taking.reason, len(meetings)) == ("admin", "列对错了", 2)
    assert kinds(database)[3:] == ["import:taken_back", "quota:released", "quota:released"]
    assert database.read_now(store.held, datetime(2020, 1, 1, tzinfo=UTC), NOW) == []
    assert database.read_now(policies.history, NOW) == []
    again = await taken(imports, csv_file())
    assert len(database.read_now(store.held, datetime(2020, 1, 1, tzinfo=UTC), NOW)) == 2
    assert again != number
    with pytest.raises(NotFound):
        await imports.take_back(99, reason="", by="admin")


async def test_burden_counts_history_and_stops_when_it_is_taken_back(
    database: Database, imports: Imports, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [*ROWS, ("河道保洁会", "2026-4-1", "10:00", "30", "城管科", "河滨", "主任")]
    heading = (*HEADING, "召集方式")
    kinds = ("自行召集", "自行召集", "拼会")
    number = await taken(
        imports, csv_file([(*row, kind) for row, kind in zip(rows, kinds, strict=True)], heading=heading)
    )
    database.write_now(follow, HeldMeetings())

    def sittings() -> list[tuple[str, int, int, int, bool]]:
        return database.read_now(
            lambda db: [
                (each.source, each.seconds, each.called, each.uncounted, each.measured)
                for each in db.exec(select(SittingRow).order_by(col(SittingRow.day)))
            ]
        )

    assert sittings() == [("import", 5400, 4, 4, False), ("import", 5400, 2, 2, False)], "a ride is no sitting"
    monkeypatch.setattr(following, "TAKEN_AT_ONCE", 1)
    assert following.rebuild(database, HeldMeetings()) == 1, "one meeting at a time, and one fact in all"
    assert len(sittings()) == 2
    await imports.take_back(number, reason="列对错了", by="admin")
    assert database.write_now(following.step, HeldMeetings()) == (0, True)
    assert len(sittings()) == 1
    assert database.write_now(following.step, HeldMeetings()) == (1, False)
    assert sittings() == []


async def test_what_was_said_of_a_draft_is_kept_and_two_people_cannot_undo_each_other(imports: Imports) -> None:
    number = await draft_of(imports, csv_file())
    looked = await imports.look(number)
    settings = replace(looked.draft.settings, fixed={"minutes": "45"}, words={Field.DEPARTMENT: {"城管": "2"}})
    await imports.settle(number, settings, revision=0)
    assert (await imports.look(number)).draft.settings == settings
    with pytest.raises(Stale):
        await imports.settle(number, settings, revision=0)
    with pytest.raises(Stale):
        await imports.take(number, revision=0, leave_out=False, by="coordinator")
    await imports.drop(number)
    with pytest.raises(NotFound):
        await imports.look(number)


async def test_a_file_that_nobody_came_back_to_is_forgotten(imports: Imports, time: Time) -> None:
    old = await draft_of(imports, csv_file())
    time.at += FORGOTTEN_AFTER + timedelta(days=1)
    new = await draft_of(imports, csv_file(ROWS[:1]))
    assert [each.id for each in await imports.drafts()] == [new]
    assert new != old, "an address of a forgotten file never leads to another"


async def test_a_file_that_cannot_be_read_leaves_nothing(database: Database, imports: Imports) -> None:
    with pytest.raises(Invalid) as refused:
        await imports.upload(b"\x00\x01\x02", file="x.bin", by="admin")
    assert refused.value.fields == {"file": "imports.unreadable"}
    assert await imports.drafts() == []
