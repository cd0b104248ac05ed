"""What departments and committees are told when a row of a merge plan is accepted, owed in the same transaction.

Whoever was invited reads it in the cancellation of the one meeting or in the update of the other, each with its reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session as Db

from meetinghub.agendas import store as agendas
from meetinghub.agendas.plan import Plan
from meetinghub.bridges.invited import CalendarInvitations
from meetinghub.mail import letter
from meetinghub.mail.message import Owed
from meetinghub.mail.outbox import owe
from meetinghub.meetings.model import Meeting
from meetinghub.words import Words


class MergeLetters:
    """``words`` of the language in which the office writes; ``address`` is the installation's, without a slash."""

    def __init__(self, words: Words, address: str) -> None:
        self._, self._address = words, address

    def merged(self, db: Db, joint: Plan, gone: Sequence[Meeting], fact: int, now: datetime) -> None:
        """To the departments whose meetings these were, and to every committee that had one of them to come to."""
        _, meeting = self._, joint.meeting
        subject = _("merge.mail_subject", title=meeting.title)
        lines = [
            _(
                "merge.mail_text",
                titles=_("page.comma").join(f"「{each.title}」" for each in gone),
                title=meeting.title,
            ),
            _("agenda_mail.when", day=_.day(meeting.starts_at), span=_.span(meeting.starts_at, joint.ends_at)),
            _("agenda_mail.where", place=meeting.place, sites=len(meeting.sites)),
            _("agenda_mail.agenda"),
            *self._agenda(joint),
            f"{self._address}/meetings/{meeting.id}",
        ]
        departments = {meeting.host_department_id, *(each.host_department_id for each in gone)}
        committees = {site.committee_id for each in gone for site in each.sites}
        invitations = CalendarInvitations()
        told = frozenset[str]().union(*(invitations.of(db, each.id).owed for each in (meeting, *gone)))
        for units, wanted, key in (
            (agendas.mail_of_departments(db), departments, f"merge:{fact}:d"),
            (agendas.mail_of_committees(db), committees, f"merge:{fact}:c"),
        ):
            self._owe(db, [unit for unit in units if unit[2].lower() not in told], wanted, key, subject, lines, now)

    def _agenda(self, joint: Plan) -> list[str]:
        _, at, found = self._, joint.meeting.starts_at, []
        for segment in joint.agenda:
            end = at + timedelta(minutes=segment.minutes)
            span = _.span(at, end)
            found.append(_("agenda_mail.line", span=span, title=segment.title, department=segment.department))
            at = end
        return found

    def _owe(
        self,
        db: Db,
        units: Iterable[tuple[int, str, str]],
        wanted: Iterable[int | None],
        key: str,
        subject: str,
        lines: Sequence[str],
        now: datetime,
    ) -> None:
        among = set(wanted)
        page = letter.of_lines(lines, title=subject, language=self._.language, sender=self._("page.product"))
        for number, name, address in units:
            if number in among and address:
                mail = Owed(
                    key=f"{key}{number}",
                    to=address,
                    to_name=name,
                    subject=subject,
                    text=page.text(),
                    html=page.html(),
                )
                owe(db, mail, now=now)
