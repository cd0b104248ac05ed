"""What departments are told by mail of what the host office does with their items, owed in the transaction that does
it; in the language of the office."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session as Db

from digest import board_store
from digest.model import Notice
from digest.wording import Change, Field, compared
from meetinghub.ids import DepartmentId
from meetinghub.mail.letter import Block, Letter, Listed, Quoted, Said, Way
from meetinghub.mail.message import Owed
from meetinghub.mail.outbox import owe
from meetinghub.people import store as people
from meetinghub.words import LANGUAGES, Words, all_words


class Letters:
    """``address`` is the installation's, without a slash."""

    def __init__(self, address: str, words: Words | None = None) -> None:
        self.words = words or all_words()[next(iter(LANGUAGES))]
        self._address = address

    def heading(self, db: Db, notice: Notice, named: bool) -> str:
        """Above a part of a merged item; ``named``: with its own date."""
        names = {each.id: each.name for each in people.departments(db)}
        department, said = names[notice.department], notice.wording
        if named and said.due_on is not None:
            day = self.words.day(said.due_on)
            return self.words("board_mail.part_due", department=department, title=said.title, day=day)
        return self.words("board_mail.part", department=department, title=said.title)

    def returned(self, db: Db, notice: Notice, reason: str, now: datetime) -> None:
        """``notice`` as it was before, with the revision that was returned."""
        title = notice.wording.title
        blocks: list[Block] = [
            Said(self.words("board_mail.returned", title=title), strong=True),
            Quoted(reason),
            Said(self.words("board_mail.returned_next")),
        ]
        subject = self.words("board_mail.returned_subject", title=title)
        moment = f"{now:%Y%m%d%H%M%S%f}"  # the same revision may be handed in and returned again
        key = f"notice_returned:{notice.id}:{notice.revision}:{moment}"
        self._tell(db, notice.departments[:1], key, notice, subject, blocks, now)

    def edited(self, db: Db, before: Notice, after: Notice, now: datetime) -> None:
        """What is different, field by field; the item's page shows it word by word."""
        blocks: list[Block] = [Said(self.words("board_mail.edited", title=before.wording.title), strong=True)]
        changes = compared(before.wording, after.wording)
        blocks.append(Listed(self.words("board_mail.changed"), tuple(self._change(each, after) for each in changes)))
        subject = self.words("board_mail.edited_subject", title=before.wording.title)
        self._tell(db, after.departments, f"notice_edited:{after.id}:{after.revision}", after, subject, blocks, now)

    def merged(self, db: Db, into: Notice, sources: Iterable[Notice], now: datetime) -> None:
        """Each department whose item became a part of ``into``."""
        for source in sources:
            title = source.wording.title
            blocks: list[Block] = [
                Said(self.words("board_mail.merged", title=title, into=into.wording.title), strong=True),
                Said(self.words("board_mail.merged_next")),
            ]
            subject = self.words("board_mail.merged_subject", title=title)
            key = f"notice_merged:{into.id}:{into.revision}:{source.id}"
            self._tell(db, source.departments[:1], key, source, subject, blocks, now)

    def split(self, db: Db, source: Notice, now: datetime) -> None:
        title = source.wording.title
        blocks: list[Block] = [Said(self.words("board_mail.split", title=title), strong=True)]
        subject = self.words("board_mail.split_subject", title=title)
        key = f"notice_split:{source.id}:{now:%Y%m%d%H%M%S%f}"
        self._tell(db, source.departments[:1], key, source, subject, blocks, now)

    def _change(self, change: Change, after: Notice) -> str:
        said, field = after.wording, self.words(f"board_mail.field_{change.field.value}")
        if change.field is Field.TITLE:
            return self.words("board_mail.now", field=field, value=said.title)
        if change.field is Field.DUE and said.due_on is not None:
            return self.words("board_mail.now", field=field, value=self.words.day(said.due_on))
        return field

    def _tell(
        self,
        db: Db,
        departments: Iterable[DepartmentId],
        key: str,
        notice: Notice,
        subject: str,
        blocks: list[Block],
        now: datetime,
    ) -> None:
        """To each department's own address; one without an address sees it on its pages."""
        way = Way(self.words("board_mail.way"), f"{self._address}/notice/items/{notice.id}")
        said = (*blocks, way)
        letter = Letter(self.words.language, self.words("page.product"), subject, said, "", self.words("page.colon"))
        for department in departments:
            name, mail = board_store.mail_of(db, department)
            if mail:
                owed = Owed(
                    key=f"{key}:{department}",
                    to=mail,
                    to_name=name,
                    subject=letter.title,
                    text=letter.text(),
                    html=letter.html(),
                )
                owe(db, owed, now=now)
