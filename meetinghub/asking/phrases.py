"""A request in words, for pages and mails alike: whom it calls, and what the rules found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from babel.dates import format_date

from meetinghub.asking.audience import Audience, Counted
from meetinghub.asking.conflicts import Conflict
from meetinghub.asking.model import DeclinedRide
from meetinghub.meetings.recurrence import SHORTEST_MONTH, Freq, On, Recurrence, nth
from meetinghub.words import Words

WHOLE = 100


def said(words: Words, audience: Audience, counted: Counted) -> str:
    """33 个居委会，书记、主任，共 66 人."""
    return words.many(
        "asking.audience",
        len(counted.persons),
        committees=words.many("asking.committees", len(counted.committees)),
        roles=roles_said(words, audience),
    )


def roles_said(words: Words, audience: Audience) -> str:
    """书记、民政条线社工: the line stands before those it narrows."""
    named = []
    for role in audience.roles:
        line = audience.line if role == "line_worker" else ""
        named.append(words("asking.line_workers", line=line) if line else words(f"role.{role}"))
    return words("page.comma").join(named)


def sentence(words: Words, found: Mapping[str, Any]) -> str:
    """One finding as it was kept with the request: used, asked, left, and the next day that is free."""
    told = words(f"asking.finding_{found['kind']}_{'broken' if found['broken'] else 'kept'}", **_values(words, found))
    return words(f"asking.action_{found['action']}", said=told) if found["broken"] else told


def weekday(words: Words, day: date) -> str:
    """周二 · Tuesday."""
    if words.language == "zh-CN":
        return "周" + "一二三四五六日"[day.weekday()]
    return format_date(day, "EEEE", locale="en_GB")


def rule_said(words: Words, repeat: Recurrence, first: date) -> str:
    """每月第二个周二，共 6 次."""
    if repeat.freq is Freq.WEEKLY:
        key = "series.weekly" if repeat.interval == 1 else "series.weeks"
        rule = words(key, interval=repeat.interval, weekday=weekday(words, first))
    else:
        key = "series.monthly" if repeat.interval == 1 else "series.months"
        rule = words(key, interval=repeat.interval, which=_which(words, repeat, first))
    if repeat.until is not None:
        return words("series.rule_until", rule=rule, day=repeat.until.isoformat())
    return words("series.rule_count", rule=rule, times=repeat.count)


def _which(words: Words, repeat: Recurrence, first: date) -> str:
    """第二个周二."""
    if repeat.on is On.DAY:
        return words("series.month_day" if first.day <= SHORTEST_MONTH else "series.month_end", day=first.day)
    place = -1 if repeat.on is On.LAST else nth(first)
    return words("series.last_one" if place < 0 else f"series.nth_{place}", weekday=weekday(words, first))


def clash(words: Words, found: Conflict, minutes: int) -> str:
    """What speaks against a date, and the way out that costs people less."""
    when = words.day(found.on) if found.on is not None else ""
    if found.other is None:
        way = words("asking.merge_day", day=words.day(found.better)) if found.better else ""
        return _joined(words, when, words("asking.clash_day_off"), way)
    other = found.other
    what = words.many(f"asking.clash_{found.clash}", found.shared)
    way = ""
    if found.ride:
        way = words.many("asking.merge_ride", minutes, free=other.free)
    elif found.better is not None:
        way = words("asking.merge_after", time=words.time(found.better))
    return _joined(words, when, what, f"{other.title} {words.span(other.starts_at, other.ends_at)}", way)


def declined(words: Words, ride: DeclinedRide) -> str:
    """A meeting that could have been ridden on: when, who would be there anyway, how much is free."""
    if ride.newly:
        whom = words.many("asking.newly", ride.newly, coming=ride.coming)
    else:
        whom = words.many("asking.nobody_new", ride.coming)
    return _joined(words, ride.title, words.day(ride.starts_at), whom, words.many("asking.free", ride.free_minutes))


def _joined(words: Words, *parts: str) -> str:
    return words("page.dot").join(part for part in parts if part)


def _values(words: Words, found: Mapping[str, Any]) -> dict[str, str]:
    limit, used, asked = found["limit"], found["used"], found["asked"]
    earliest = found["earliest"]
    return {
        "limit": _amount(limit),
        "used": _amount(used),
        "asked": _amount(asked),
        "left": _amount(max(0, limit - used - asked)),
        "unit": words(f"asking.unit_{found['unit']}", limit=_amount(limit)) if found["unit"] else "",
        "period": words(f"asking.period_{found['period']}") if found["period"] else "",
        "role": words(f"role.{found['role']}") if found["role"] else "",
        "crowded": str(found["crowded"]),
        "day": words.day(date.fromisoformat(earliest)) if earliest else "–",
    }


def _amount(hundredths: int) -> str:
    whole, rest = divmod(int(hundredths), WHOLE)
    return str(whole) if not rest else f"{hundredths / WHOLE:.2f}".rstrip("0")
