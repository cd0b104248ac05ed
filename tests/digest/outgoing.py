"""A week's issue on its way out: committees with mailboxes and people, a host office with its deputy, the worker's
job, and what stands in the outbox."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session as Db
from sqlmodel import col, delete, select, update

from digest import issue_store, item_store, settings_store
from digest.model import Issue, IssueKind, IssueState, Week, Wording
from digest.page import Page
from digest.posting import Posting
from digest.recipients import Recipient
from digest.sending import Sending
from digest.settings import Settings
from digest.tables import NoticeRow
from digest.telling import Telling
from meetinghub.clock import SHANGHAI, Clock
from meetinghub.db import Database
from meetinghub.ids import DepartmentId, IssueId, NoticeId
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import FactKind, Payload
from meetinghub.mail.tables import MailRow
from meetinghub.people.model import Right, Role
from meetinghub.people.tables import AccountRightRow, AccountRow, PersonRoleRow, PersonRow
from meetinghub.words import all_words
from meetinghub.workdays import seed
from tests.digest import boards
from tests.digest.serving import freezing

MONDAY = datetime(2026, 11, 23, 8, 30, tzinfo=SHANGHAI)
SETTINGS = Settings(host=DepartmentId(1), deputy="coordinator", revision=1)


@dataclass(frozen=True, slots=True)
class Mailed:
    subject: str
    text: str
    html: str = ""


def render(page: Page, to: Recipient) -> Mailed:
    """Short, so that tests can say what they expect."""
    titles = "；".join(each.title for each in page.items) or "本周无事项"
    return Mailed(f"第 {page.head.week.number} 期", f"{page.head.name} {to.address}：{titles}")


def register(db: Db, settings: Settings = SETTINGS, *, committees: int = 3) -> None:
    """Committees 1 to 3 with mailboxes; the secretary of the first has an address, too."""
    seed.seed(db, MONDAY)
    boards.register(db, committees)
    settings_store.put(db, settings)
    secretary = db.exec(select(PersonRow).where(PersonRow.committee_id == boards.committee(1))).first()
    assert secretary is not None
    secretary.mail, secretary.name = "secretary@qinghewan.example", "陈静"
    db.add(secretary)
    _account(db, "dept-01", "许知微", "xu@qinghewan.example", Right.DEPARTMENT, department=1)
    _account(db, "coordinator", "方予安", "fang@qinghewan.example", Right.COORDINATOR)
    _account(db, "admin", "管理员", "admin@qinghewan.example", Right.ADMINISTRATOR)


def _account(db: Db, username: str, name: str, mail: str, right: Right, *, department: int | None = None) -> None:
    row = AccountRow(
        username=username, name=name, password_hash="", mail=mail, department_id=department, created_at=MONDAY
    )
    db.add(row)
    db.flush()
    assert row.id is not None
    db.add(AccountRightRow(account_id=row.id, right=right.value))
    db.flush()


def posting() -> Posting:
    return Posting(render)


def sending(database: Database, clock: Clock, post: Posting | None = None) -> Sending:
    telling = Telling(all_words(), "https://hub.example")
    return Sending(database, clock, freezing=freezing(), posting=post or posting(), telling=telling)


def written(
    db: Db, *wordings: Wording, week: Week = boards.WEEK, part: int = 0, send_at: datetime | None = MONDAY
) -> IssueId:
    """An open issue with these items on its board."""
    kind = IssueKind.SUPPLEMENT if part else IssueKind.REGULAR
    issue = issue_store.open_issue(db, week, part=part, kind=kind, send_at=send_at)
    for place, each in enumerate(wordings, 1):
        boards.submitted(db, each, issue=issue.id, position=place)
    return issue.id


def approve(db: Db, number: IssueId, *, now: datetime = boards.FRIDAY, by: str = "dept-01") -> Issue:
    ledger.take(db)
    issue = issue_store.issue(db, number)
    assert issue is not None
    return freezing().freeze(db, issue, by=by, now=now)


def change(database: Database, **values: object) -> None:
    """Settings, as if somebody had changed them."""

    def write(db: Db) -> None:
        settings_store.put(db, replace(settings_store.settings(db), **values))  # type: ignore[arg-type]

    database.write_now(write)


def issue(database: Database, week: Week = boards.WEEK, part: int = 0) -> Issue:
    found = database.read_now(lambda db: issue_store.issue_of(db, week, part=part))
    assert found is not None
    return found


def states(database: Database) -> dict[str, IssueState]:
    """Week and part → how that issue stands."""
    return {f"{each.week}/{each.part}": each.state for each in database.read_now(issue_store.issues)}


def mails(database: Database, kind: str = "notice") -> list[MailRow]:
    def read(db: Db) -> list[MailRow]:
        return list(db.exec(select(MailRow).where(MailRow.kind == kind).order_by("id")))

    return database.read_now(read)


def recipients(database: Database, kind: str = "notice") -> list[str]:
    return [each.recipient.split("@")[0] for each in mails(database, kind)]


def facts(database: Database, *kinds: FactKind) -> list[Payload]:
    return [each.payload for each in database.read_now(ledger.of_kinds, kinds)]


def placed(database: Database, notice: NoticeId) -> tuple[str, Week | None]:
    """An item's state, and the week on whose board it is."""
    found = database.read_now(item_store.notice, notice)
    assert found is not None
    return found.state.value, found.week


def hand_over(db: Db) -> None:
    """The first committee's secretary leaves, another comes."""
    old = db.exec(select(PersonRow).where(PersonRow.mail == "secretary@qinghewan.example")).one()
    db.exec(delete(PersonRoleRow).where(col(PersonRoleRow.person_id) == old.id))
    new = PersonRow(name="顾承安", mail="successor@qinghewan.example", committee_id=boards.committee(1))
    db.add(new)
    db.flush()
    assert new.id is not None
    db.add(PersonRoleRow(person_id=new.id, role=Role.SECRETARY.value, line=""))


def hand_in(db: Db, number: NoticeId, at: datetime) -> None:
    db.exec(update(NoticeRow).where(col(NoticeRow.id) == number).values(submitted_at=at))


def failing(title: str) -> Posting:
    """Renders everything but an item with this title."""

    def render_most(page: Page, to: Recipient) -> Mailed:
        if any(each.title == title for each in page.items):
            raise RuntimeError("a bug")
        return render(page, to)

    return Posting(render_most)
