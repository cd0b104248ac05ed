"""What each page of the wizard sends → the wish with that answer in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime

from meetinghub.asking.audience import CALLABLE, Audience
from meetinghub.asking.occurrences import kept
from meetinghub.asking.wish import (
    LONGEST_NAME,
    LONGEST_TEXT,
    LONGEST_TITLE,
    MOST_ITEMS,
    MOST_MINUTES,
    Exempt,
    Item,
    Kind,
    Own,
    Step,
    Wish,
    audience_problems,
    own_problems,
    time_problems,
)
from meetinghub.clock import SHANGHAI
from meetinghub.ids import CommitteeId
from meetinghub.meetings.recurrence import Freq, On, Recurrence
from web.forms import Form

Answer = Callable[[Form, date], Callable[[Wish], Wish]]


def purpose(form: Form, _: date) -> Callable[[Wish], Wish]:
    title = form.text("title", longest=LONGEST_TITLE, missing="asking.title_missing")
    text = form.paragraph("purpose", longest=LONGEST_TEXT, missing="asking.purpose_missing")
    form.check()
    return lambda wish: replace(wish, title=title, purpose=text)


def kind(form: Form, _: date) -> Callable[[Wish], Wish]:
    given = form.text("kind", longest=16)
    found = next((each for each in Kind if each == given), None)
    if found is None:
        form.problems["kind"] = "asking.kind_missing"
    form.check()
    return lambda wish: replace(wish, kind=found)


def audience(form: Form, _: date) -> Callable[[Wish], Wish]:
    found = audience_of(form)
    form.problems.update(audience_problems(found))
    form.check()
    return lambda wish: replace(wish, audience=found)


def time(form: Form, today: date) -> Callable[[Wish], Wish]:
    minutes = form.whole("minutes", wrong="asking.minutes_out_of_range")
    first = form.day("first", missing="asking.day_missing", wrong="asking.day_wrong")
    last = form.day("last", missing="asking.day_missing", wrong="asking.day_wrong")
    given = form.text("exempt", longest=16)
    exempt = next((each for each in Exempt if each == given), Exempt.NO)
    form.problems = {**time_problems(minutes=minutes, first=first, last=last, today=today), **form.problems}
    form.check()
    return lambda wish: replace(wish, minutes=minutes, first=first, last=last, exempt=exempt)


def audience_of(form: Form) -> Audience:
    """Whatever can be understood of the ticks, for a count before they are complete."""
    ticked = set(form.several("roles"))
    roles = tuple(role for role in CALLABLE if role in ticked)
    some = form.text("which", longest=8) == "some"
    numbers = (int(text) for text in form.several("committees") if text.isascii() and text.isdigit() and len(text) < 10)
    committees = frozenset(CommitteeId(number) for number in numbers) if some else None
    return Audience(roles, committees, form.text("line", longest=40))


ANSWERS: Mapping[Step, Answer] = {Step.PURPOSE: purpose, Step.KIND: kind, Step.AUDIENCE: audience, Step.TIME: time}


def declined(form: Form, *, needed: bool) -> Callable[[Wish], Wish]:
    """Why none of the meetings will do; ``needed`` when one of them has room."""
    reason = form.paragraph("declined", longest=200, missing="asking.why_not_missing" if needed else None)
    form.check()
    return lambda wish: replace(wish, declined=reason)


def own(form: Form, now: datetime) -> Callable[[Wish], Wish]:
    """The meeting of one's own. Rows of the agenda without a title and a speaker do not count."""
    day = form.day("date", missing="asking.day_missing", wrong="asking.day_wrong")
    hour = form.hour("time", missing="asking.time_missing", wrong="asking.time_wrong")
    place = form.text("place", longest=LONGEST_NAME, missing="asking.place_missing")
    chair = form.text("chair", longest=40)
    spare = form.whole("spare", wrong="asking.spare_too_long") if form.text("spare", longest=3) else 0
    items = [item for row in range(1, MOST_ITEMS + 1) if (item := _item(form, f"item-{row}")) is not None]
    meeting = None
    if day is not None and hour is not None:
        starts_at = datetime.combine(day, hour, SHANGHAI)
        mode, repeat = form.text("mode", longest=8), repeat_of(form)
        meeting = Own(
            starts_at, place, mode != "room", chair, tuple(items), spare, mixed=mode == "mixed", repeat=repeat
        )
        form.problems = {**own_problems(meeting, now), **form.problems}
    form.check()
    return lambda wish: replace(wish, own=meeting and kept(meeting, wish.own))


def repeat_of(form: Form) -> Recurrence | None:
    """How often it comes back (``monthly-1``); None for once."""
    given, _, interval = form.text("repeat", longest=12).partition("-")
    freq = next((each for each in Freq if each == given), None)
    if freq is None:
        return None
    on = next((each for each in On if each == form.text("on", longest=8)), On.WEEKDAY)
    every = int(interval) if interval.isascii() and interval.isdigit() else 1
    if form.text("end", longest=8) == "until":
        until = form.day("until", missing="series.end_missing", wrong="asking.day_wrong")
        return Recurrence(freq, every, on, None, until) if until is not None else None
    return Recurrence(freq, every, on, form.whole("count", wrong="series.end_missing"))


def _item(form: Form, name: str) -> Item | None:
    title = form.text(f"{name}-title", longest=LONGEST_TITLE)
    speaker = form.text(f"{name}-speaker", longest=LONGEST_NAME)
    given = form.text(f"{name}-minutes", longest=6)
    if not (title or speaker):
        return None
    if not title:
        form.problems[f"{name}-title"] = "asking.item_missing"
    minutes = int(given) if given.isascii() and given.isdigit() else 0
    if not 1 <= minutes <= MOST_MINUTES:
        form.problems[f"{name}-minutes"] = "asking.item_minutes"
    return Item(title, speaker, minutes)
