"""Drafts → the next edition: what it says anew, which tasks it gives, changes and ends."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import rfc8785

from meetinghub.errors import Invalid, Refused
from meetinghub.minutes.model import Content, Minutes, Task, Who, Wish
from meetinghub.minutes.naming import Register, named

FORMAT = "meetinghub-minutes/2"
LONGEST_TEXT = 4000
LONGEST_LINE = 400
LONGEST_OWNERS = 400
MOST_DECISIONS = 30
MOST_TASKS = 20
REASON_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Given:
    """A task of the new edition. ``known``: the number of the same task in the edition before, if it was there."""

    segment: int
    text: str
    due: date | None
    owners: tuple[Who, ...]
    known: int | None = None
    changed: bool = True


@dataclass(frozen=True, slots=True)
class Printed:
    """What an edition says of one segment. ``tasks``: words, day (ISO date or empty), owners as in facts."""

    segment: int
    text: str
    decisions: tuple[str, ...]
    tasks: tuple[tuple[str, str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Next:
    """The edition that follows. ``said``: segments it says anew; ``ended``: tasks it no longer has."""

    number: int
    reason: str
    said: Mapping[int, Content]
    given: tuple[Given, ...]
    ended: tuple[int, ...]
    digest: str


def check(content: Content) -> Content:
    """What was typed, without empty lines and tasks; :class:`Invalid` names the fields that are too long."""
    problems: dict[str, str] = {}
    limit = LONGEST_LINE
    decisions = tuple(line.strip() for line in content.decisions if line.strip())
    tasks = tuple(
        replace(each, text=each.text.strip(), owners=each.owners.strip())
        for each in content.tasks
        if each.text.strip() or each.owners.strip()
    )
    if len(content.text) > LONGEST_TEXT:
        problems["text"], limit = "form.too_long", LONGEST_TEXT
    if len(decisions) > MOST_DECISIONS or any(len(line) > LONGEST_LINE for line in decisions):
        problems["decisions"] = "minutes.decisions_too_long"
    if len(tasks) > MOST_TASKS:
        problems["task-0-text"] = "minutes.too_many_tasks"
    for place, each in enumerate(tasks):
        if len(each.text) > LONGEST_LINE:
            problems[f"task-{place}-text"] = "form.too_long"
        if len(each.owners) > LONGEST_OWNERS:
            problems[f"task-{place}-owners"] = "form.too_long"
    if problems:
        raise Invalid(fields=problems, limit=limit, most=MOST_TASKS, lines=MOST_DECISIONS)
    return Content(content.text.strip(), decisions, tasks)


def wanting(wish: Wish, register: Register) -> tuple[str, str]:
    """Code and name of what keeps a task from being given; two empty strings when nothing does."""
    if not wish.text:
        return "minutes.task_without_text", ""
    who = named(wish.owners, register)
    if who.unknown:
        return "minutes.owner_unknown", who.unknown[0]
    if who.several:
        return "minutes.owner_ambiguous", who.several[0]
    return ("", "") if who.found else ("minutes.owner_missing", "")


def current(minutes: Minutes, segment: int) -> Content:
    """What is published of a segment, as it would stand in a form; owners by their names."""
    said = minutes.says(segment, minutes.edition)
    tasks = tuple(
        Wish(each.text, "、".join(owner.who.name for owner in each.owners), each.due)
        for each in minutes.tasks_of(segment, minutes.edition)
    )
    return Content(said.text, said.decisions, tasks) if said else Content()


def following(minutes: Minutes, register: Register, reason: str) -> Next:
    """The edition that publishing makes of the drafts; refused when it would say nothing new."""
    said: dict[int, Content] = {}
    given: list[Given] = []
    ended: list[int] = []
    for segment in minutes.meeting.segments:
        draft = minutes.drafts.get(segment.id)
        if draft is None:
            continue
        known = minutes.tasks_of(segment.id, minutes.edition)
        tasks = _tasks(segment.id, draft.content.tasks, known, register)
        gone = _gone(known, tasks)
        before = minutes.says(segment.id, minutes.edition)
        same = before is not None and (before.text, before.decisions) == (draft.content.text, draft.content.decisions)
        if (same or (before is None and draft.content.empty)) and not gone and not any(each.changed for each in tasks):
            continue
        said[segment.id] = draft.content
        given += tasks
        ended += gone
    reason = reason.strip()
    if not said:
        raise Refused("minutes.nothing_new")
    if len(reason) > REASON_LENGTH:
        raise Invalid(fields={"reason": "form.too_long"}, limit=REASON_LENGTH)
    if minutes.edition and not reason:
        raise Invalid(fields={"reason": "minutes.reason_missing"})
    number = minutes.edition + 1
    printed = [_printed(segment, content, given) for segment, content in said.items()]
    return Next(number, reason, said, tuple(given), tuple(ended), digest(minutes.meeting.id, number, printed))


def _tasks(segment: int, wishes: Sequence[Wish], known: Iterable[Task], register: Register) -> list[Given]:
    """A task is the same as long as its words are; with other words it is another one, which nobody has done yet."""
    before = {each.text: each for each in known}
    found: list[Given] = []
    for wish in wishes:
        code, name = wanting(wish, register)
        if code:
            raise Invalid(fields={f"segment-{segment}": code}, name=name)
        if any(each.text == wish.text for each in found):
            raise Invalid(fields={f"segment-{segment}": "minutes.task_twice"}, name=wish.text)
        owners = named(wish.owners, register).found
        same = before.get(wish.text)
        if same is None:
            found.append(Given(segment, wish.text, wish.due, owners))
            continue
        changed = same.due != wish.due or {each.who.ref for each in same.owners} != {each.ref for each in owners}
        found.append(Given(segment, wish.text, wish.due, owners, known=same.id, changed=changed))
    return found


def _gone(known: Iterable[Task], tasks: Iterable[Given]) -> list[int]:
    kept = {each.known for each in tasks}
    return [each.id for each in known if each.id not in kept]


def digest(meeting: int, edition: int, segments: Iterable[Printed]) -> str:
    """SHA-256 of the edition's canonical JSON (RFC 8785): what the ledger's fact is bound to.

    Tasks stand by their words, of which no two of a segment are alike: rows do not keep the order they were typed in.
    """
    document: dict[str, Any] = {
        "format": FORMAT,
        "meeting": meeting,
        "edition": edition,
        "segments": [
            {
                "segment": each.segment,
                "text": each.text,
                "decisions": list(each.decisions),
                "tasks": [
                    {"text": text, "due": due, "owners": sorted(owners)} for text, due, owners in sorted(each.tasks)
                ],
            }
            for each in segments
        ],
    }
    return hashlib.sha256(rfc8785.dumps(document)).hexdigest()


def _printed(segment: int, content: Content, given: Iterable[Given]) -> Printed:
    tasks = tuple(
        (each.text, each.due.isoformat() if each.due else "", tuple(who.ref for who in each.owners))
        for each in given
        if each.segment == segment
    )
    return Printed(segment, content.text, content.decisions, tasks)
