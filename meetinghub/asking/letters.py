"""Mails about a request: to those whose decision it waits for, and to the department that asked.

All are owed in the transaction that gives rise to them, and a key is owed once: asking everybody again asks only those
who were not asked yet, such as a deputy whose time has begun.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlmodel import Session as Db

from meetinghub.asking import phrases, store, turns
from meetinghub.asking.approval import ApprovalStep, Verdict
from meetinghub.asking.audience import count
from meetinghub.asking.clashes import Clashes
from meetinghub.asking.model import Request
from meetinghub.asking.occurrences import first_start, starts
from meetinghub.asking.request import State
from meetinghub.mail.letter import Block, Facts, Letter, Listed, Quoted, Said, Way
from meetinghub.mail.links import Link, Links
from meetinghub.mail.message import Owed
from meetinghub.mail.outbox import owe
from meetinghub.people import store as people
from meetinghub.people.model import Account
from meetinghub.words import LANGUAGES, Words

PURPOSE = "approval"
"""Of the link in a mail to an approver; its subject is request, round and step."""
ASKED, REMINDED, LATE = "approval", "approval_reminder", "approval_late"
MOST = 3
"""Alternatives and conflicts that a mail tells; the page has all of them."""


class Letters:
    """``address`` is the installation's, without a slash."""

    def __init__(self, words: Mapping[str, Words], address: str, links: Links, clashes: Clashes) -> None:
        self._words = words
        self._office = words[next(iter(LANGUAGES))]
        self._address = address
        self._links = links
        self._clashes = clashes

    def ask(self, db: Db, found: Request, now: datetime) -> None:
        """Everybody who may decide the current step; nothing when nobody has to."""
        if found.waits_for is not None:
            self.tell(db, found, ASKED, turns.deciders(db, found, now), now)

    def tell(self, db: Db, found: Request, kind: str, accounts: Iterable[Account], now: datetime) -> None:
        """These of the current step, for the first time, on its last day, or when that has passed."""
        step, own = found.waits_for, found.wish.own
        assert step is not None
        assert own is not None
        clashes = None
        for account in accounts:
            if not account.mail:
                continue
            words = self._words.get(account.language, self._office)
            clashes = self._clashes.of(db, found) if clashes is None else clashes
            told = [phrases.clash(words, each, found.wish.minutes) for each in clashes[:MOST]]
            late = step.due_at is not None and step.due_at <= now
            letter = self._asking(db, words, found, step, LATE if late else kind, account, told)
            owed = Owed(
                key=key(kind, found, step, account),
                to=account.mail,
                to_name=account.name,
                subject=letter.title,
                text=letter.text(),
                html=letter.html(),
                not_after=first_start(own),
            )
            owe(db, owed, now=now)

    def decided(self, db: Db, found: Request, step: ApprovalStep, now: datetime) -> None:
        """The department that asked: what was decided, by whom, why, and what comes next."""
        words, verdict = self._office, step.verdict
        assert verdict is not None
        done = found.state is State.APPROVED
        result = "planned" if done else verdict.value
        lead = words(
            f"approval_mail.decided_{result}",
            office=words(f"right.{step.office}"),
            name=_name(db, step.by),
            title=found.wish.title,
        )
        blocks: list[Block] = [Said(lead, strong=True)]
        if step.reason:
            blocks.append(Quoted(step.reason))
        blocks.append(self._when(words, found))
        following = found.waits_for
        if following is not None and following.due_at is not None:
            blocks.append(Said(self._due(words, "approval_mail.next", following)))
        path = f"/requests/{found.id}"
        if verdict is Verdict.RETURN:
            blocks.append(Said(words("approval_mail.draft_kept")))
            path = f"/ask/{found.id}/check"
        elif done:
            path = f"/meetings/{found.meeting_id}"
        blocks.append(Way(words(f"approval_mail.way_{result}"), f"{self._address}{path}"))
        subject = words(f"approval_mail.decided_subject_{result}", title=found.wish.title)
        self._to_department(
            db, found, f"request_decided:{found.id}:{found.round}:{step.position}", subject, blocks, now
        )

    def overdue(self, db: Db, found: Request, step: ApprovalStep, now: datetime) -> None:
        """The department: its request was not decided in time, and who has been asked now."""
        words = self._office
        text = words("approval_mail.overdue", office=words(f"right.{step.office}"), title=found.wish.title)
        way = Way(words("approval_mail.way_overdue"), f"{self._address}/requests/{found.id}")
        blocks: list[Block] = [Said(text, strong=True), self._when(words, found), way]
        subject = words("approval_mail.overdue_subject", title=found.wish.title)
        self._to_department(
            db, found, f"request_overdue:{found.id}:{found.round}:{step.position}", subject, blocks, now
        )

    def expired(self, db: Db, found: Request, now: datetime) -> None:
        """The department: the day came and nobody had decided."""
        words = self._office
        text = words("approval_mail.expired", title=found.wish.title)
        way = Way(words("approval_mail.way_expired"), f"{self._address}/ask")
        blocks: list[Block] = [Said(text, strong=True), self._when(words, found), way]
        subject = words("approval_mail.expired_subject", title=found.wish.title)
        self._to_department(db, found, f"request_expired:{found.id}:{found.round}", subject, blocks, now)

    def _asking(
        self, db: Db, words: Words, found: Request, step: ApprovalStep, kind: str, account: Account, clashes: list[str]
    ) -> Letter:
        wish = found.wish
        values = {"department": found.department, "title": wish.title, "name": _name(db, found.asked_by)}
        counted = count(people.people(db), wish.audience)
        rows = [
            (words("approval_mail.purpose"), wish.purpose),
            (words("approval_mail.whom"), phrases.said(words, wish.audience, counted)),
        ]
        blocks: list[Block] = [
            Said(words(f"approval_mail.lead_{kind}", **values), strong=True),
            Said(self._due(words, "approval_mail.due", step)),
            Facts((*rows, *self._when(words, found).rows)),
        ]
        for each in found.steps:
            if each.verdict is not None:
                office = words(f"right.{each.office}")
                blocks.append(Said(words("approval_mail.before", office=office, name=_name(db, each.by))))
                blocks += [Quoted(each.reason)] if each.reason else []
        if wish.declined:
            rides = tuple(phrases.declined(words, ride) for ride in found.rides[:MOST])
            blocks += [Listed(words("asking.declined"), rides), Quoted(wish.declined)]
        if clashes:
            blocks.append(Listed(words("asking.conflicts"), tuple(clashes)))
        if found.assessed and found.assessed["findings"]:
            findings = tuple(phrases.sentence(words, each) for each in found.assessed["findings"])
            blocks.append(Listed(words("asking.rules"), findings))
        blocks.append(Way(words("approval_mail.way"), self._link(found, step, account)))
        subject = words(f"approval_mail.subject_{kind}", **values)
        return self._letter(words, subject, blocks, words("approval_mail.foot"))

    def _when(self, words: Words, found: Request) -> Facts:
        own = found.wish.own
        assert own is not None
        mode = words(f"meeting.mode_{own.mode}")
        items = words("page.comma").join(item.title for item in own.items)
        days, hours = words.day(own.starts_at), words.span(own.starts_at, own.ends_at)
        if own.repeat is not None:
            dates = words("page.comma").join(words.day(each) for each in starts(own))
            rule = phrases.rule_said(words, own.repeat, own.day)
            days = words("series.rule_days", rule=rule, days=dates)
        return Facts(
            (
                (words("approval_mail.when"), f"{days} {hours}"),
                (words("approval_mail.where"), words("page.dot").join((own.place, mode))),
                (words("approval_mail.items"), items),
            )
        )

    def _due(self, words: Words, text: str, step: ApprovalStep) -> str:
        assert step.due_at is not None
        office, day, time = words(f"right.{step.office}"), words.day(step.due_at), words.time(step.due_at)
        return words(text, office=office, day=day, time=time)

    def _link(self, found: Request, step: ApprovalStep, account: Account) -> str:
        assert found.wish.own is not None
        subject = f"{found.id}:{found.round}:{step.position}"
        token = self._links.token(Link(PURPOSE, subject, account.username, first_start(found.wish.own)))
        return f"{self._address}/approvals/{token}"

    def _letter(self, words: Words, title: str, blocks: list[Block], foot: str = "") -> Letter:
        return Letter(words.language, words("page.product"), title, tuple(blocks), foot, words("page.colon"))

    def _to_department(
        self, db: Db, found: Request, kind: str, subject: str, blocks: list[Block], now: datetime
    ) -> None:
        """To the department's own address, and to whoever asked for it."""
        letter = self._letter(self._office, subject, blocks)
        asker = people.account_named(db, found.asked_by)
        unit = store.department_mail(db, found.department_id)
        to = {unit: found.department, **({asker[0].mail: asker[0].name} if asker else {})}
        for number, (address, name) in enumerate(to.items()):
            if address:
                owed = Owed(
                    key=f"{kind}:{number}",
                    to=address,
                    to_name=name,
                    subject=subject,
                    text=letter.text(),
                    html=letter.html(),
                )
                owe(db, owed, now=now)


def key(kind: str, found: Request, step: ApprovalStep, account: Account) -> str:
    """Of the mail to one account about one step."""
    return f"{kind}:{found.id}:{found.round}:{step.position}:{account.id}"


def _name(db: Db, username: str) -> str:
    found = people.account_named(db, username)
    return found[0].name if found else username
