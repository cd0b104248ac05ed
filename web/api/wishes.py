"""The shape of a wish for a meeting, and the wish that it becomes."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from meetinghub.asking import wish as w
from meetinghub.asking.audience import Audience
from meetinghub.asking.occurrences import changed
from meetinghub.asking.wish import Exempt, Item, Kind, Own, Wish
from meetinghub.errors import Invalid
from meetinghub.ids import CommitteeId
from meetinghub.meetings import recurrence
from meetinghub.meetings.recurrence import Freq, On, Recurrence
from meetinghub.people.model import Role
from web.api.model import Day, Line, Model, Moment, Number, Paragraph, Reason, Title

Minutes = Annotated[int, Field(ge=1, le=w.MOST_MINUTES)]
_PLACES = {"date": "own.starts_at", "item-1-title": "own.items", "item-1-minutes": "own.items", "spare": "own.spare",
           "repeat": "own.repeat", "on": "own.repeat.on", "count": "own.repeat.count", "until": "own.repeat.until",
           "to": "own.moves"}  # fmt: skip
"""Fields of the page's form → of this."""


class AgendaItem(Model):
    title: Title
    speaker: Line = ""
    minutes: Minutes


class RepeatOf(Model):
    """How often it comes back: the weekly and monthly part of RFC 5545's RRULE. ``on``: what a monthly one holds on to,
    read off its first day. Exactly one of ``count`` and ``until``."""

    freq: Freq
    interval: Annotated[int, Field(ge=1, le=recurrence.MOST_INTERVAL)] = 1
    on: On = On.WEEKDAY
    count: Annotated[int, Field(ge=2, le=recurrence.MOST)] | None = None
    until: Day | None = None


class MoveOf(Model):
    """A day of the rule, and the day it is held on instead; null: it is left out."""

    day: Day
    to: Day | None


class OwnMeeting(Model):
    """``video``: committees join from their own rooms. ``chair`` is an account's name. ``spare``: minutes kept open for
    other departments to ride on. ``repeat``: it comes back, ``starts_at`` being the first time."""

    starts_at: Moment
    place: Title
    video: bool = True
    chair: Annotated[str, Field(max_length=40, pattern=r"^[a-z0-9._-]*$")]
    spare: Annotated[int, Field(ge=0, le=w.MOST_SPARE)] = 0
    items: Annotated[list[AgendaItem], Field(min_length=1, max_length=w.MOST_ITEMS)]
    repeat: RepeatOf | None = None
    moves: Annotated[list[MoveOf], Field(max_length=recurrence.MOST, default_factory=list)]


class WishOf(Model):
    """What a department wants of the committees' time.

    ``committees`` null: all of them. ``declined``: why none of the meetings that could be ridden on will do; needed
    before a meeting of its own (``own``) can be handed in.
    """

    title: Title
    purpose: Annotated[Paragraph, Field(min_length=1)]
    kind: Kind = Kind.DISCUSSION
    roles: Annotated[list[Role], Field(min_length=1, max_length=8)]
    committees: Annotated[list[Number], Field(min_length=1, max_length=100)] | None = None
    line: Annotated[Line, Field(max_length=40)] = ""
    minutes: Minutes
    first: Day
    last: Day
    exempt: Exempt = Exempt.NO
    declined: Reason = ""
    own: OwnMeeting | None = None

    def checked(self, *, today: date, now: datetime) -> Wish:
        """By the rules that the pages have; raises :class:`Invalid` with every problem."""
        committees = None if self.committees is None else frozenset(CommitteeId(each) for each in self.committees)
        audience = Audience(tuple(dict.fromkeys(self.roles)), committees, self.line.strip())
        problems = w.audience_problems(audience)
        problems |= w.time_problems(minutes=self.minutes, first=self.first, last=self.last, today=today)
        own = self._own()
        if own is not None:
            wrong = w.own_problems(own, now)
            if not wrong:
                own, wrong = self._moved(own)
            problems |= {_PLACES.get(name, name): code for name, code in wrong.items()}
        for name, text in (("title", self.title), ("purpose", self.purpose)):
            if not text.strip():
                problems[name] = "form.required"
        if problems:
            raise Invalid(fields=problems, most=w.MOST_MINUTES)
        return Wish(
            title=self.title.strip(),
            purpose=self.purpose.strip(),
            kind=self.kind,
            audience=audience,
            minutes=self.minutes,
            first=self.first,
            last=self.last,
            exempt=self.exempt,
            declined=self.declined.strip(),
            own=own,
        )

    def _own(self) -> Own | None:
        if self.own is None:
            return None
        items = tuple(Item(each.title, each.speaker, each.minutes) for each in self.own.items)
        given = self.own
        repeat = None if given.repeat is None else Recurrence(**given.repeat.model_dump())
        return Own(given.starts_at, given.place, given.video, given.chair, items, given.spare, repeat=repeat)

    def _moved(self, own: Own) -> tuple[Own, dict[str, str]]:
        """With its days moved, one after the other; field → code when one cannot be."""
        try:
            for each in self.own.moves if self.own is not None else ():
                own = changed(own, each.day, each.to)
        except Invalid as error:
            return own, dict(error.fields)
        return own, {}


class WishAsKept(Model):
    """As it stands in a request, drafts of the pages included: what is not answered yet is empty or null."""

    title: str
    purpose: str
    kind: Kind | None
    roles: list[Role]
    committees: list[int] | None
    line: str
    minutes: int
    first: Day | None
    last: Day | None
    exempt: Exempt
    declined: str
    own: OwnMeeting | None


def kept(wish: Wish) -> WishAsKept:
    committees, own = wish.audience.committees, wish.own
    return WishAsKept(
        title=wish.title,
        purpose=wish.purpose,
        kind=wish.kind,
        roles=list(wish.audience.roles),
        committees=None if committees is None else sorted(committees),
        line=wish.audience.line,
        minutes=wish.minutes,
        first=wish.first,
        last=wish.last,
        exempt=wish.exempt,
        declined=wish.declined,
        own=None
        if own is None
        else OwnMeeting.model_construct(
            starts_at=own.starts_at,
            place=own.place,
            video=own.video,
            chair=own.chair,
            spare=own.spare,
            repeat=None if own.repeat is None else RepeatOf.model_construct(**dataclasses.asdict(own.repeat)),
            moves=[MoveOf.model_construct(day=day, to=to) for day, to in own.moves],
            items=[
                AgendaItem.model_construct(title=each.title, speaker=each.speaker, minutes=each.minutes)
                for each in own.items
            ],
        ),
    )
