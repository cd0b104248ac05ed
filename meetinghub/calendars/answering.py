"""Answers to invitations, by the link in each mail: whoever holds it answers for its recipient, without signing in.

Looking changes nothing, because programmes that inspect mails open every link; only a form that was sent decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlmodel import Session as Db

from meetinghub.calendars import invitations, planned
from meetinghub.calendars.itip import Answer, Invited
from meetinghub.calendars.letters import PURPOSE
from meetinghub.calendars.model import Planned, Sitting
from meetinghub.calendars.viewing import sitting
from meetinghub.clock import Clock
from meetinghub.db import Database
from meetinghub.errors import Invalid, NotFound, Refused, Stale
from meetinghub.ledger import store as ledger
from meetinghub.ledger.calendars import InvitationAnswered
from meetinghub.ledger.fact import NewFact
from meetinghub.mail.links import Links
from meetinghub.meetings.lifecycle import State

REASON_LENGTH = 200
NAME_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Shown:
    """``outdated``: the meeting was changed after the mail that the link came with."""

    sitting: Sitting
    invited: Invited
    outdated: bool


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it was sent. ``seen`` is the invitation's number on the page that was answered."""

    answer: Answer
    reason: str
    deputy: str
    seen: int


class Answers:
    def __init__(self, database: Database, clock: Clock, links: Links) -> None:
        self._database, self._clock, self._links = database, clock, links

    async def shown(self, token: str) -> Shown:
        """Raises :class:`NotFound` for a link we did not make, :class:`Refused` when there is nothing to answer."""
        return await self._database.read(self._shown, token, self._clock.now())

    async def give(self, token: str, given: Given) -> None:
        """Raises also :class:`Invalid`, and :class:`Stale` when the meeting was changed since the page was shown."""
        await self._database.write(partial(self._give, token=token, given=given))

    async def of_meeting(self, meeting: int) -> list[Invited]:
        """Everybody who is invited now."""
        found = await self._database.read(invitations.invited, meeting)
        return [each for each in found if each.standing]

    def _shown(self, db: Db, token: str, now: datetime) -> Shown:
        meeting, address, sequence = self._link(token, now)
        invited = invitations.one(db, meeting, address)
        found = planned.planned(db, among=[meeting])
        if invited is None or not found:
            raise NotFound("link.bad")
        _must_be_open(found[0], invited, now)
        return Shown(sitting(found[0], invited.invitee.told.parts), invited, sequence < invited.sequence)

    def _give(self, db: Db, *, token: str, given: Given) -> None:
        ledger.take(db)
        now = self._clock.now()
        shown = self._shown(db, token, now)
        if given.seen != shown.invited.sequence:
            raise Stale("rsvp.changed")
        reason, deputy = _checked(given)
        before, who = shown.invited, shown.invited.invitee
        if before.current and (before.answer, before.reason, before.deputy) == (given.answer, reason, deputy):
            return
        meeting = shown.sitting.meeting
        invitations.answer(
            db,
            meeting,
            who.address,
            answer=given.answer,
            reason=reason,
            deputy=deputy,
            answered_for=who.told.starts_at,
            now=now,
        )
        said = InvitationAnswered(given.answer.value, who.committee or 0, who.department or 0)
        ledger.append(db, [NewFact(said)], meeting_id=meeting, at=now, actor="")

    def _link(self, token: str, now: datetime) -> tuple[int, str, int]:
        """The meeting, the recipient, and the number of the letter that the link came with."""
        try:
            link = self._links.read(token, purpose=PURPOSE, now=now)
        except Refused:
            raise Refused("rsvp.expired") from None
        meeting, _, sequence = link.subject.partition(":")
        return int(meeting), link.recipient, int(sequence)


def _must_be_open(meeting: Planned, invited: Invited, now: datetime) -> None:
    if meeting.state is State.CANCELLED:
        raise Refused("rsvp.cancelled", title=meeting.title)
    if not invited.standing:
        raise Refused("rsvp.released", title=meeting.title)
    if meeting.state not in invitations.OPEN or meeting.starts_at <= now:
        raise Refused("rsvp.begun", title=meeting.title)


def _checked(given: Given) -> tuple[str, str]:
    """Reason and deputy, each kept only where the answer has one."""
    reason = given.reason.strip() if given.answer in {Answer.DECLINED, Answer.DEPUTY, Answer.TENTATIVE} else ""
    deputy = given.deputy.strip() if given.answer is Answer.DEPUTY else ""
    problems = {}
    if given.answer is Answer.NONE:
        problems["answer"] = "rsvp.choose"
    if given.answer is Answer.DECLINED and not reason:
        problems["reason"] = "rsvp.reason_missing"
    if given.answer is Answer.DEPUTY and not deputy:
        problems["deputy"] = "rsvp.deputy_missing"
    if len(reason) > REASON_LENGTH:
        problems["reason"] = "form.too_long"
    if len(deputy) > NAME_LENGTH:
        problems["deputy"] = "form.too_long"
    if problems:
        raise Invalid(fields=problems)
    return reason, deputy
