"""A week's issue for 600 committees: frozen, rendered, owed; and how large its mails are."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from pathlib import Path

import sqlalchemy as core
from sqlmodel import Session as Db
from sqlmodel import SQLModel

from digest import issue_store
from digest.model import Audience, Issue, Kind, Week, Wording
from digest.posting import Posting
from digest.tables import NoticeAnswerRow
from meetinghub import migrations
from meetinghub.bridges.noticing import NoticeMails, freezing
from meetinghub.config import from_env
from meetinghub.db import Database
from meetinghub.ledger import store as ledger
from meetinghub.mail.message import Owed, message_id, sender, wire
from meetinghub.mail.tables import MailRow
from meetinghub.meetings import service, store
from meetinghub.meetings.model import Meeting
from meetinghub.people.model import Role
from meetinghub.people.tables import CommitteeRow, PersonRoleRow, PersonRow
from tests.benchmarks.measure import Metric, emit, quiet, say
from tests.benchmarks.report import percentile
from tests.digest import answered, boards
from tests.meetinghub.agendas import hosted
from tests.meetinghub.agendas.examples import AGENDA, WHOLE

COMMITTEES = 600
ITEMS = 12
WEEKS = 4
"""Earlier issues, whose answers are looked at for open tasks."""
SAMPLE = 100
MOST_SECONDS, MOST_KB = 10, 100
_TEXT = (
    "请对照名单逐户核对，在台账里勾选就行，不用另报表；有困难的直接来电。"
    "一次入户同时看燃气软管和取暖设备，两个科室共用一张表。\n- 先核对独居老人\n- 再核对失能老人\n- 最后在台账里勾选\n"
    "办法见 [办事指南](https://www.example.cn/guide)，照片不用打印。"
)
_ANSWER = SQLModel.metadata.tables[NoticeAnswerRow.__tablename__]
_MAIL = SQLModel.metadata.tables[MailRow.__tablename__]


@dataclass(frozen=True, slots=True)
class Issued:
    """Seconds of each step, mails that were owed, bytes of some on the wire and as HTML, seconds of processor."""

    frozen: float
    rendered: float
    owed: float
    mails: int
    wired: tuple[int, ...]
    html: tuple[int, ...]
    cpu: float

    @property
    def whole(self) -> float:
        return self.frozen + self.rendered + self.owed


async def notice_bench(*, quick: bool = False) -> None:
    for people, variant in ((0, "one mailbox each"), (2, "mailbox, secretary and director")):
        await quiet()
        found = [_round(people) for _ in range(1 if quick else 3)]
        best = sorted(found, key=lambda each: each.whole)[len(found) // 2]
        say(f"notice, {variant}: {[round(each.whole, 2) for each in found]} s")
        note = (
            f"{COMMITTEES} committees, {ITEMS} items, {WEEKS} earlier issues, SQLite; {best.mails} mails; frozen "
            f"{best.frozen:.2f} s, rendered {best.rendered:.2f} s, owed {best.owed:.2f} s; {best.cpu:.2f} s of "
            f"processor; median of {len(found)}"
        )
        emit(Metric("digest_600_s", best.whole, "s", None if people else MOST_SECONDS, variant=variant, note=note))
        if not people:
            kb = [each / 1000 for each in best.wired]
            html = percentile([each / 1000 for each in best.html], 0.95)
            note = f"whole message with text and HTML in base64, p95 of {len(kb)}; the HTML alone {html:.0f} kB"
            emit(Metric("digest_mail_kb", percentile(kb, 0.95), "kB", MOST_KB, note=note))


def _round(people: int) -> Issued:
    with _database() as database:
        issue = database.write_now(_prepared, people)
        assert database.url.database is not None
        config = from_env({"DATA_DIR": str(Path(database.url.database).parent)})
        posting, freeze = Posting(NoticeMails(replace(config, public_url="https://hub.example.cn"))), freezing()
        started, cpu = time.perf_counter(), time.process_time()

        def frozen(db: Db) -> Issue:
            ledger.take(db)
            return freeze.freeze(db, issue, by="host", now=boards.SENDING)

        approved = database.write_now(frozen)
        after = time.perf_counter()
        ready = database.read_now(posting.prepare, approved)
        rendered = time.perf_counter()
        mails = database.write_now(lambda db: posting.owe(db, approved, now=boards.SENDING, ready=ready))
        owed, cpu = time.perf_counter(), time.process_time() - cpu
        wired, html = database.read_now(_sizes)
        assert mails == COMMITTEES * (1 + people)
        return Issued(after - started, rendered - after, owed - rendered, mails, wired, html, cpu)


@contextmanager
def _database() -> Iterator[Database]:
    folder = Path(tempfile.mkdtemp(prefix="notice-bench-"))
    url = f"sqlite:///{folder / 'meetinghub.sqlite'}"
    migrations.upgrade(url)
    database = Database(url)
    try:
        yield database
    finally:
        database.close()
        shutil.rmtree(folder)


def _prepared(db: Db, people: int) -> Issue:
    """Committees, earlier weeks with their answers, meetings of the week, and a board with this week's items.

    A street has at most 33 seats; that rule of the table is lifted here.
    """
    db.connection().exec_driver_sql("PRAGMA ignore_check_constraints = ON")
    hosted.register(db, 0)
    _committees(db, people)
    for back in range(WEEKS, 0, -1):
        _earlier(db, back)
    for place in range(4):
        _meeting(db, place)
    issue = issue_store.open_issue(db, boards.WEEK, send_at=boards.SENDING)
    for place, wording in enumerate(_wordings("本周"), 1):
        boards.submitted(db, wording, issue=issue.id, position=place)
    return issue


def _committees(db: Db, people: int) -> None:
    for seat in range(1, COMMITTEES + 1):
        number, name = 100 + seat, f"第{seat}居委会"
        mail = f"site-{seat:03d}@example.cn"
        db.add(CommitteeRow(id=number, street_office_id=1, seat=seat, name=name, full_name=name, phone="", mail=mail))
    db.flush()
    for seat in range(1, COMMITTEES + 1):
        for role in (Role.SECRETARY, Role.DIRECTOR)[:people]:
            mail = f"{role.value}-{seat:03d}@example.cn"
            row = PersonRow(name="甲", committee_id=100 + seat, mail=mail)
            db.add(row)
            db.flush()
            db.add(PersonRoleRow(person_id=row.id or 0, role=role.value))
    db.flush()


def _wordings(when: str) -> list[Wording]:
    """Half of them actions; the last ones for every second committee only."""
    half = Audience(frozenset(boards.committee(seat) for seat in range(1, COMMITTEES + 1, 2)))
    found = []
    for place in range(ITEMS):
        wording = Wording(f"{when}第 {place + 1} 条工作提示", _TEXT * 2, audiences=(half if place > 9 else Audience(),))
        if place % 2:
            due = boards.SENDING.date() + timedelta(days=place % 5)
            wording = replace(wording, kind=Kind.ACTION, due_on=due)
        found.append(wording)
    return found


def _earlier(db: Db, back: int) -> None:
    at = boards.SENDING - timedelta(weeks=back)
    sent = answered.send(db, _wordings(f"{back} 周前"), week=Week.of(at.date()), at=at)
    items = range(sent.action, sent.information + 1)
    rows = [
        {
            "item_id": item,
            "committee_id": 100 + seat,
            "answer": "done",
            "note": "",
            "by": "x",
            "via": "link",
            "at": at.astimezone(UTC),
        }
        for item in items
        for seat in range(1, COMMITTEES + 1)
        if (seat * item) % 9
    ]
    db.execute(core.insert(_ANSWER), rows)


def _meeting(db: Db, place: int) -> None:
    """A quarter of the committees meet, each group on a day of its own."""
    meeting = Meeting(
        id=0,
        title="书记主任月度工作例会",
        host="自治办",
        place="302 会议室",
        phone="",
        starts_at=boards.SENDING + timedelta(days=place, hours=5),
        chair="chair",
        audience=WHOLE,
        sites=(),
        segments=AGENDA,
    )
    sites = [store.SitePlan(100 + seat, "", "") for seat in range(1 + place, COMMITTEES + 1, 4)]
    service.plan(db, meeting=meeting, sites=sites, now=boards.FRIDAY, actor="host")


def _sizes(db: Db) -> tuple[tuple[int, ...], tuple[int, ...]]:
    whom = sender("街道办 <hub@example.cn>", "a secret")
    wired, html = [], []
    for row in db.execute(core.select(_MAIL).order_by(_MAIL.c.id).limit(SAMPLE)):
        owed = Owed(
            key=row.key, to=row.recipient, to_name=row.recipient_name, subject=row.subject, text=row.text, html=row.html
        )
        wired.append(len(wire(owed, whom, identifier=message_id(row.key, whom), at=boards.SENDING)))
        html.append(len(row.html.encode()))
    return tuple(wired), tuple(html)
