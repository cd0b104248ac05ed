"""Meetings that come back, as pages draw them: the form's values, the rule as a sentence, what is said of each time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from aiohttp.web import AppKey

from meetinghub.asking.conflicts import Conflict
from meetinghub.asking.model import Request
from meetinghub.asking.occurrences import Occurrence, occurrences
from meetinghub.asking.phrases import rule_said
from meetinghub.asking.ports import NEEDS_APPROVAL, REFUSED, AssessedOccurrence
from meetinghub.asking.rescheduling import Rescheduler
from meetinghub.asking.wish import Own
from meetinghub.meetings.recurrence import Recurrence
from meetinghub.words import Words
from quotas.policy import CallApproval, SpeechCap

SERIES = AppKey("series", Rescheduler)
ANY_DAY = (CallApproval.kind, SpeechCap.kind)
"""Kinds of rules that ask for no date."""
CHOICES = ("weekly-1", "weekly-2", "monthly-1", "monthly-2", "monthly-3")


@dataclass(frozen=True, slots=True)
class Time:
    """One time of a series that is asked for. ``outcome`` empty: left out, not judged yet, or the same for all."""

    occurrence: Occurrence
    outcome: str = ""
    findings: Sequence[Mapping[str, Any]] = ()
    better: date | None = None
    conflicts: tuple[Conflict, ...] = ()


def times(own: Own, each: Iterable[AssessedOccurrence], conflicts: Iterable[Conflict]) -> list[Time]:
    """None for a meeting that is held once."""
    if own.repeat is None:
        return []
    judged = {one.starts_at: one for one in each}
    everywhere = _everywhere(judged.values())
    clashes = list(conflicts)
    found = []
    for occurrence in occurrences(own):
        said = judged.get(occurrence.starts_at) if occurrence.starts_at else None
        here = tuple(clash for clash in clashes if clash.on == occurrence.starts_at and clash.other is not None)
        if said is None:
            found.append(Time(occurrence))
        else:
            told = [one for one in said.findings if (one["kind"], one["action"]) not in everywhere]
            same = said.outcome == NEEDS_APPROVAL and not any(one["action"].startswith("approval") for one in told)
            found.append(Time(occurrence, "" if same else said.outcome, told, said.better, here))
    return found


def _everywhere(judged: Iterable[AssessedOccurrence]) -> set[tuple[str, str]]:
    """What is broken on whatever day it is held: said once for all, not beside each."""
    said = [{(one["kind"], one["action"]) for one in each.findings} for each in judged]
    common = set.intersection(*said) if said else set()
    return {(kind, action) for kind, action in common if kind in ANY_DAY}


def times_kept(found: Request, conflicts: Iterable[Conflict]) -> list[Time]:
    """The same of a request that was handed in, by what the rules said then."""
    if found.wish.own is None:
        return []
    kept = [
        AssessedOccurrence(
            datetime.fromisoformat(one["starts_at"]),
            one["outcome"],
            tuple(one["findings"]),
            date.fromisoformat(one["better"]) if one["better"] else None,
        )
        for one in (found.assessed or {}).get("each", ())
    ]
    return times(found.wish.own, kept, conflicts)


def refused_days(words: Words, each: Iterable[AssessedOccurrence]) -> str:
    """11月23日（周一）、11月30日（周一）."""
    return words("page.comma").join(words.day(one.starts_at) for one in each if one.outcome == REFUSED)


def said(words: Words, own: Own | None) -> str:
    """The rule as a sentence; empty for what is held once."""
    return rule_said(words, own.repeat, own.day) if own is not None and own.repeat is not None else ""


def values(repeat: Recurrence | None) -> dict[str, object]:
    """The form's fields."""
    if repeat is None:
        return {}
    return {
        "repeat": f"{repeat.freq.value}-{repeat.interval}",
        "on": repeat.on.value,
        "end": "until" if repeat.until is not None else "count",
        "count": repeat.count or "",
        "until": repeat.until or "",
    }


def choices(words: Words, repeat: Recurrence | None, first: date | None) -> list[tuple[str, str]]:
    """What can be picked, value and label; another interval, asked for by a programme, only where it is there."""
    found = [(each, words(f"series.choice_{each}")) for each in CHOICES]
    chosen = values(repeat).get("repeat")
    if repeat is None or first is None or chosen in CHOICES:
        return found
    return [*found, (str(chosen), rule_said(words, repeat, first))]
