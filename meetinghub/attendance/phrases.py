"""What a sheet says in words: the same on its page, on paper and in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from meetinghub.attendance.corrections import Correction, Decided
from meetinghub.attendance.service import Named
from meetinghub.attendance.sheet import Line, both
from meetinghub.clock import SHANGHAI
from meetinghub.ledger.attendance import Status
from meetinghub.words import Words


def statuses(words: Words, said: Iterable[Status]) -> str:
    """出席; 迟到、早退; 不在议程 for a site that was asked for nothing."""
    return words("page.comma").join(words(f"attendance.status_{each}") for each in said) or words(
        "attendance.status_none"
    )


def times(words: Words, line: Line) -> str:
    """14:00–14:41:07、14:43:20–15:02: seconds where it was cut off, or two stretches might seem to touch."""
    found, last = [], len(line.judged.intervals) - 1
    for number, each in enumerate(line.judged.intervals):
        start = words.time(each.start) if number == 0 else _to_the_second(each.start)
        end = words.time(each.end) if number == last else _to_the_second(each.end)
        found.append(f"{start}–{end}")
    return words("page.comma").join(found)


def interruptions(words: Words, line: Line) -> str:
    """断线 3 次，共 1 分 12 秒; empty when there was none."""
    found = line.judged.interruptions
    if not found:
        return ""
    whole = sum((end - start for start, end in found), timedelta())
    return words.many("attendance.gaps", len(found), length=length(words, whole))


def length(words: Words, whole: timedelta) -> str:
    """72 秒 up to two minutes, then whole minutes."""
    seconds = round(whole.total_seconds())
    if seconds < 120:
        return words.many("attendance.seconds", seconds)
    return words.many("attendance.minutes", round(seconds / 60))


def people(words: Words, named: Named, line: Line) -> str:
    """The names that were ticked; whoever was taken out of the register since is counted only."""
    known = [named.people[number] for number in line.judged.people if number in named.people]
    gone = len(line.judged.people) - len(known)
    said = [words("page.comma").join(known)] if known else []
    if gone:
        said.append(words.many("attendance.no_longer_known", gone))
    if line.judged.guests:
        said.append(words.many("attendance.guests", line.judged.guests))
    return words("page.semicolon").join(said)


def excused(words: Words, named: Named, line: Line) -> str:
    """韩知远（公务）; the whole site's excuse first."""
    said = [words("attendance.excused_site", reason=line.judged.excuse)] if line.judged.excuse is not None else []
    for number, code in line.judged.excused_people:
        name = named.people.get(number, words("attendance.somebody"))
        reason = words(f"attendance.reason_{code}") if f"attendance.reason_{code}" in words.keys else code
        said.append(words("attendance.excused_person", name=name, reason=reason))
    return words("page.comma").join(said)


def moment(words: Words, at: datetime) -> str:
    """11月23日（周一）14:00."""
    return words("attendance.moment", day=words.day(at), time=words.time(at))


def date(at: datetime) -> str:
    """2026-11-23, in Shanghai."""
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d}"


def ended_by(words: Words, code: str) -> str:
    return words(f"attendance.ended_{code}")


def correction(words: Words, each: Correction) -> str:
    """出席情况改为「出席」，人数改为 9."""
    said = []
    if each.status is not None:
        said.append(words("attendance.to_status", status=words(f"attendance.status_{each.status}")))
    if each.headcount is not None:
        said.append(words.many("attendance.to_headcount", each.headcount))
    return words("page.comma").join(said)


def before(words: Words, line: Line) -> str:
    """What the seal said where a correction says otherwise; empty where none does."""
    said = []
    if line.status is not line.judged.status:
        judged = line.judged
        said.append(statuses(words, both(judged.status, late=judged.late, left_early=judged.left_early)))
    if line.headcount != line.judged.headcount:
        count = line.judged.headcount
        said.append(words("attendance.headcount_unsaid") if count is None else words.many("attendance.heads", count))
    return words("attendance.sealed_as", said=words("page.comma").join(said)) if said else ""


def who_when(words: Words, named: Named, account: str, at: datetime) -> str:
    return words("attendance.who_when", name=named.accounts.get(account, account), at=moment(words, at))


def answer(words: Words, decided: Decided) -> str:
    """同意; 不同意：reason."""
    if decided.accepted:
        return words("attendance.accepted")
    return words("attendance.refused_because", reason=decided.reason)


def sealed(words: Words, named: Named) -> str:
    """One sentence: whether and when it was sealed, and by which number it can be checked."""
    seal = named.sheet.seal
    if seal is None:
        return words("attendance.not_sealed_yet")
    return words("attendance.sealed_at", at=moment(words, seal.at), checkpoint=named.checkpoint)


def taken_by(words: Words, name: str, at: datetime) -> str:
    """Whose copy this is: a file goes where nobody asks who may see it."""
    return words("attendance.taken_by", name=name, at=moment(words, at))


def page_of(words: Words) -> tuple[str, ...]:
    """What stands before, between and after the numbers in 第 1 页，共 2 页."""
    return tuple(words("attendance.print_page", page="\0", pages="\0").split("\0"))


def _to_the_second(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%H:%M:%S}"
