"""What departments and committees are told of an agenda by mail, owed in the transaction that gives rise to it.

One mail for a change and a recipient: whoever holds an invitation reads of a new part in its update, with the reason in
it; the letters here are for those who hold none, and for what no update says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlmodel import Session as Db

from meetinghub.agendas import audiences, board, preview, store
from meetinghub.agendas.board import Agenda
from meetinghub.agendas.claims import ON_THE_AGENDA, Claim
from meetinghub.agendas.phrases import audience_text, strip_text
from meetinghub.agendas.plan import Plan
from meetinghub.config import Config
from meetinghub.mail import letter
from meetinghub.mail.message import Owed
from meetinghub.mail.outbox import owe
from meetinghub.meetings.model import Segment
from meetinghub.words import LANGUAGES, Words, all_words

Unit = tuple[int, str, str]
"""Number, name and mail address; an empty address gets no mail."""


@dataclass(frozen=True, slots=True)
class ByInvitation:
    """Addresses in lower case that hold an invitation, and those that are ``owed`` an update of it as things stand."""

    held: frozenset[str] = frozenset()
    owed: frozenset[str] = frozenset()


class Invitations(Protocol):
    def of(self, db: Db, meeting: int) -> ByInvitation:
        """As the meeting stands within this transaction."""
        ...


class NoInvitations:
    def of(self, db: Db, meeting: int) -> ByInvitation:
        return ByInvitation()


def letters(config: Config, invitations: Invitations | None = None) -> Letters:
    """In the language of the office, which is Chinese."""
    return Letters(all_words()[next(iter(LANGUAGES))], config.public_url, invitations)


class Letters:
    """``words`` of the language in which the office writes; ``address`` is the installation's, without a slash."""

    def __init__(self, words: Words, address: str, invitations: Invitations | None = None) -> None:
        self._ = words
        self._address = address
        self._invitations = invitations or NoInvitations()

    def announcement_text(self, plan: Plan) -> tuple[str, list[str]]:
        """Subject and paragraphs: who meets when and where, what is free, until when."""
        _, meeting = self._, plan.meeting
        subject = _("agenda_mail.announce_subject", title=meeting.title, free=plan.free)
        return subject, [
            _("agenda_mail.announce_text", host=meeting.host, title=meeting.title, free=plan.free),
            *self._head(plan),
            _("agenda_mail.closes", at=self._moment(plan.deadlines.close_at)),
            _("agenda_mail.unclaimed"),
            self._link(plan),
        ]

    def announcement(self, db: Db, plan: Plan, now: datetime) -> int:
        """To every other department. How many mails were owed."""
        subject, lines = self.announcement_text(plan)
        number, until = plan.meeting.id, plan.deadlines.close_at
        wanted = [unit for unit in store.mail_of_departments(db) if unit[0] != plan.meeting.host_department_id]
        return sum(
            self._owe(db, unit, f"announcement:{number}:{unit[0]}", subject, lines, now, until=until) for unit in wanted
        )

    def decided(self, db: Db, plan: Plan, claim: Claim, agenda: Agenda, fact: int, now: datetime, *, own: bool) -> None:
        """To the claimant what the host decided, to the host what the claimant took back."""
        _ = self._
        units = {unit[0]: unit for unit in store.mail_of_departments(db)}
        to = units.get(plan.meeting.host_department_id or 0) if own else units.get(claim.department)
        if to is None:
            return
        said = _(f"agenda_mail.claim_{claim.state.value}", department=claim.department_name, title=claim.title)
        lines = [said]
        if claim.state in ON_THE_AGENDA and claim.segment is not None:
            start, end = board.spans(agenda)[claim.segment]
            lines.append(_("agenda_mail.your_part", span=self._span(plan, start, end)))
        if claim.reason:
            lines.append(_("agenda_mail.reason", reason=claim.reason))
        subject = _("agenda_mail.claim_subject", title=plan.meeting.title, topic=claim.title)
        self._owe(db, to, f"claim:{claim.id}:{fact}", subject, [*lines, *self._head(plan), self._link(plan)], now)

    def count_final(self, db: Db, plan: Plan) -> int:
        return sum(1 for unit in self._all(db, plan) if unit[2])

    def final(self, db: Db, plan: Plan, fact: int, now: datetime) -> None:
        """To everybody concerned: the agenda and their own part. Who is owed an update reads it there."""
        owed = self._invitations.of(db, plan.meeting.id).owed
        subject = self._("agenda_mail.final_subject", title=plan.meeting.title)
        for unit in _but(self._departments(db, plan.agenda), owed):
            lines = [
                *self._head(plan),
                *self._own_segments(plan, plan.agenda, unit[0]),
                *self._agenda(plan, plan.agenda),
            ]
            self._owe(db, unit, f"agenda:{plan.meeting.id}:{fact}:d{unit[0]}", subject, [*lines, self._link(plan)], now)
        for unit in _but(self._committees(db, plan), owed):
            lines = [*self._head(plan), *self._parts(plan, plan.agenda), *self._agenda(plan, plan.agenda)]
            self._owe(db, unit, f"agenda:{plan.meeting.id}:{fact}:c{unit[0]}", subject, [*lines, self._link(plan)], now)

    def rearranged(self, db: Db, plan: Plan, after: Agenda, reason: str, fact: int, now: datetime) -> None:
        """To those whose times a change of a closed agenda touches, and to nobody else.

        A department may hold an invitation to all of the meeting, which says nothing of its own segments.
        """
        by = self._invitations.of(db, plan.meeting.id)
        found = preview.compare(plan.agenda, after, plan.meeting.audience)
        numbers = {each.segment.id for each in found.moved}
        departments = [
            unit
            for unit in self._departments(db, after)
            if any(each.department_id == unit[0] and each.id in numbers for each in after)
        ]
        subject = self._("agenda_mail.changed_subject", title=plan.meeting.title)
        why = [self._("agenda_mail.reason", reason=reason)] if reason else []
        for unit in _but(departments, by.owed):
            lines = [*why, *self._head(plan), *self._own_segments(plan, after, unit[0])]
            self._owe(db, unit, f"agenda:{plan.meeting.id}:{fact}:d{unit[0]}", subject, [*lines, self._link(plan)], now)
        if found.parts or found.end_before != found.end_after:
            for unit in _but(self._committees(db, plan), by.held | by.owed):
                lines = [*why, *self._head(plan), *self._parts(plan, after)]
                self._owe(
                    db, unit, f"agenda:{plan.meeting.id}:{fact}:c{unit[0]}", subject, [*lines, self._link(plan)], now
                )

    def _all(self, db: Db, plan: Plan) -> Sequence[Unit]:
        return [*self._departments(db, plan.agenda), *self._committees(db, plan)]

    @staticmethod
    def _departments(db: Db, agenda: Agenda) -> Sequence[Unit]:
        speaking = {each.department_id for each in agenda}
        return [unit for unit in store.mail_of_departments(db) if unit[0] in speaking]

    @staticmethod
    def _committees(db: Db, plan: Plan) -> Sequence[Unit]:
        taking_part = {site.committee_id for site in plan.meeting.sites}
        return [unit for unit in store.mail_of_committees(db) if unit[0] in taking_part]

    def _head(self, plan: Plan) -> list[str]:
        meeting, _ = plan.meeting, self._
        return [
            _("agenda_mail.when", day=_.day(meeting.starts_at), span=_.span(meeting.starts_at, plan.ends_at)),
            _("agenda_mail.where", place=meeting.place, sites=len(meeting.sites)),
            _("agenda_mail.who", audience=audience_text(_, meeting.audience)),
        ]

    def _agenda(self, plan: Plan, agenda: Agenda) -> list[str]:
        spans = board.spans(agenda)
        return [self._("agenda_mail.agenda"), *(self._line(plan, each, spans[each.id]) for each in agenda)]

    def _own_segments(self, plan: Plan, agenda: Agenda, department: int) -> list[str]:
        spans = board.spans(agenda)
        own = [each for each in agenda if each.department_id == department]
        return [self._("agenda_mail.yours"), *(self._line(plan, each, spans[each.id]) for each in own)] if own else []

    def _parts(self, plan: Plan, agenda: Agenda) -> list[str]:
        """When the people of a committee are needed, role by role."""
        found = []
        for strip in audiences.strips(agenda, plan.meeting.audience):
            kept = audiences.part(agenda, plan.meeting.audience, strip)
            if kept is not None:
                span = self._span(plan, kept.start, kept.end)
                found.append(self._("agenda_mail.part", who=strip_text(self._, strip), span=span))
        return found

    def _line(self, plan: Plan, segment: Segment, span: tuple[int, int]) -> str:
        return self._(
            "agenda_mail.line", span=self._span(plan, *span), title=segment.title, department=segment.department
        )

    def _span(self, plan: Plan, start: int, end: int) -> str:
        at = plan.meeting.starts_at
        return self._.span(at + timedelta(minutes=start), at + timedelta(minutes=end))

    def _moment(self, moment: datetime) -> str:
        return f"{self._.day(moment)} {self._.time(moment)}"

    def _link(self, plan: Plan) -> str:
        return f"{self._address}/meetings/{plan.meeting.id}/agenda"

    def _owe(
        self,
        db: Db,
        unit: Unit,
        key: str,
        subject: str,
        lines: Sequence[str],
        now: datetime,
        *,
        until: datetime | None = None,
    ) -> bool:
        _, name, address = unit
        if not address:
            return False
        page = letter.of_lines(lines, title=subject, language=self._.language, sender=self._("page.product"))
        mail = Owed(
            key=key, to=address, to_name=name, subject=subject, text=page.text(), html=page.html(), not_after=until
        )
        return owe(db, mail, now=now)


def _but(units: Sequence[Unit], told: frozenset[str]) -> Sequence[Unit]:
    return [unit for unit in units if unit[2].strip().lower() not in told]
