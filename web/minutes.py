"""What the pages of minutes and tasks share: where they find the service, and how tasks and their owners are said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from aiohttp import web
from aiohttp.web import AppKey

from meetinghub.clock import SHANGHAI
from meetinghub.minutes import publishing
from meetinghub.minutes.model import Answer, Content, Minutes, Owner, Task, Wish
from meetinghub.minutes.naming import Register, typed
from meetinghub.minutes.service import MinutesBook
from meetinghub.words import Words
from web.forms import Form

MINUTES = AppKey("minutes", MinutesBook)
SOON = 3
"""Days before the last one on which an open task gets an amber light."""


@dataclass(frozen=True, slots=True)
class Due:
    """``colour``: red when the day has passed, amber when it is near, else empty. ``days`` until it, negative after."""

    day: date
    days: int
    colour: str


def today(now: datetime) -> date:
    return now.astimezone(SHANGHAI).date()


def due(day: date | None, now: datetime, *, done: bool = False) -> Due | None:
    if day is None:
        return None
    days = (day - today(now)).days
    colour = "" if done else "red" if days < 0 else "amber" if days <= SOON else ""
    return Due(day, days, colour)


def owners_said(words: Words, task: Task, minutes: Minutes) -> str:
    """全体居委会、民政科: everybody who takes part is one word."""
    who = [each.who for each in task.owners]
    whole = {each.committee_id for each in minutes.meeting.sites}
    units = {each.committee for each in who if each.person is None}
    names = []
    if len(whole) > 1 and whole <= units:
        names.append(words("minutes.everybody"))
        who = [each for each in who if each.person is not None or each.committee not in whole]
    return words("page.comma").join([*names, *(each.name for each in who)])


def tally(owners: Iterable[Owner]) -> dict[str, int]:
    """How many say what."""
    counted = Counter(each.answer for each in owners)
    return {answer.value: counted[answer] for answer in Answer}


def shown(minutes: Minutes, segment: int, register: Register, words: Words) -> tuple[Content, int]:
    """What stands in a segment's form, and the revision it was made from: the draft, or what is published."""
    draft = minutes.drafts.get(segment)
    if draft is not None:
        return draft.content, draft.revision
    known = publishing.current(minutes, segment)
    tasks = tuple(
        Wish(each.text, typed((owner.who for owner in each.owners), register, words("minutes.everybody")), each.due)
        for each in minutes.tasks_of(segment, minutes.edition)
    )
    return Content(known.text, known.decisions, tasks), 0


def content(fields: Form) -> Content:
    """A segment's form → what it says, as it was typed; what cannot be used is among the form's problems."""
    text = fields.paragraph("text", longest=publishing.LONGEST_TEXT)
    lines = fields.paragraph("decisions", longest=publishing.MOST_DECISIONS * publishing.LONGEST_LINE)
    tasks = []
    for place in range(publishing.MOST_TASKS + 2):
        name = f"task-{place}"
        if f"{name}-text" not in fields.given:
            break
        what = fields.text(f"{name}-text", longest=publishing.LONGEST_LINE)
        whom = fields.text(f"{name}-owners", longest=publishing.LONGEST_OWNERS)
        when = None
        if fields.given.get(f"{name}-due"):
            when = fields.day(f"{name}-due", missing="minutes.not_a_day", wrong="minutes.not_a_day")
        tasks.append(Wish(what, whom, when))
    return Content(text, tuple(lines.split("\n")), tuple(tasks))


def notes(words: Words, found: Content, register: Register) -> dict[str, str]:
    """Field → what will keep a saved draft from being published."""
    said = {}
    for place, wish in enumerate(found.tasks):
        code, name = publishing.wanting(wish, register)
        if code:
            part = "text" if code == "minutes.task_without_text" else "owners"
            said[f"task-{place}-{part}"] = words(code, name=name)
    return said


def number(request: web.Request, name: str) -> int:
    """The number in the address, 0 when it is none."""
    text = request.match_info[name]
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0
