"""Dates, times of day and lengths as people and spreadsheets write them.

A date with an unclear order (``3/5/2026``) is not guessed at. Spreadsheets count days from 1899-12-30, and a day as 1.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, time, timedelta

_SERIAL_ZERO = date(1899, 12, 30)
_SERIALS = range(32_874, 73_051)
"""1990 to 2099: a number outside is no date that anybody meant."""
_WEEKDAY = re.compile(
    r"[(\[]?\s*(?:(?:周|星期|礼拜)[一二三四五六日天]|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?)\s*[)\]]?",
    re.IGNORECASE,
)
_FULL = re.compile(r"(\d{4})\s*(?:[-/.]|年)\s*(\d{1,2})\s*(?:[-/.]|月)\s*(\d{1,2})\s*[日号]?")
_PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})")
_YEARLESS = re.compile(r"(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?")
_UNCLEAR = re.compile(r"\d{1,2}\s*[-/.]\s*\d{1,2}(?:\s*[-/.]\s*\d{2,4})?")
_HOUR = re.compile(
    r"(?P<half>上午|早上|早晨|凌晨|中午|下午|晚上|晚|傍晚|am|pm|a\.m\.|p\.m\.)?\s*(?P<hour>\d{1,2})\s*[:时点]"
    r"\s*(?P<minute>\d{1,2}|半)?\s*分?\s*(?::\s*\d{1,2})?\s*(?P<after>am|pm|a\.m\.|p\.m\.)?",
    re.IGNORECASE,
)
_BARE_HALF = re.compile(r"(\d{1,2})\s*(am|pm|a\.m\.|p\.m\.)", re.IGNORECASE)
_FOUR = re.compile(r"([01]\d|2[0-3])([0-5]\d)")
_TO = re.compile(r"\s*(?:-{1,2}|—{1,2}|–|~|至|到|to)\s*", re.IGNORECASE)
_LENGTH = re.compile(
    r"(?:(?P<hours>\d+(?:\.\d+)?)\s*(?:小时|个小时|h|hours?|hrs?))?\s*(?P<half>半)?"
    r"(?:(?P<minutes>\d+)\s*(?:分钟|分|m|mins?|minutes?)?)?",
    re.IGNORECASE,
)
_AFTERNOON = ("下午", "晚上", "晚", "傍晚", "pm", "p.m.")
_MORNING = ("上午", "早上", "早晨", "凌晨", "am", "a.m.")


@dataclass(frozen=True, slots=True)
class NotRead:
    """``code`` is a key of the catalogue."""

    code: str


@dataclass(frozen=True, slots=True)
class Hours:
    """A time of day, and the other end when the text named both."""

    start: time
    end: time | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """A date, and what was written behind it."""

    day: date
    rest: str = ""


def plain(text: str) -> str:
    """Full-width figures and marks as half-width ones, one space for any blanks."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def day(text: str, *, year: int | None = None) -> Day | NotRead:
    """``year`` completes a date that has none."""
    given = plain(text)
    serial = _number(given)
    if serial is not None and int(serial) in _SERIALS:
        rest = serial - int(serial)
        return Day(_SERIAL_ZERO + timedelta(days=int(serial)), f"{rest:.10f}" if rest > 1e-9 else "")
    for pattern in (_FULL, _PACKED):
        found = pattern.match(given)
        if found and not (pattern is _PACKED and given[found.end() :][:1].isdigit()):
            return _made(*(int(part) for part in found.groups()), rest=given[found.end() :])
    found = _YEARLESS.match(given)
    if found:
        if year is None:
            return NotRead("imports.no_year")
        return _made(year, int(found[1]), int(found[2]), rest=given[found.end() :])
    return NotRead("imports.unclear_day" if _UNCLEAR.match(given) else "imports.bad_day")


def hours(text: str) -> Hours | NotRead:
    """A time of day or a span of two."""
    given = plain(text)
    parts = [part for part in _TO.split(given) if part]
    if not 1 <= len(parts) <= 2:
        return NotRead("imports.bad_time")
    first = _hour(parts[0], half="")
    if first is None:
        return NotRead("imports.bad_time")
    if len(parts) == 1:
        return Hours(first)
    afternoon = "pm" if first.hour >= 12 and any(each in parts[0].lower() for each in _AFTERNOON) else ""
    second = _hour(parts[1], half=afternoon)
    return NotRead("imports.bad_time") if second is None else Hours(first, second)


def minutes(text: str) -> int | NotRead:
    """``90``, ``90 分钟``, ``1.5 小时``, ``1 小时 30 分``, ``1:30``."""
    given = plain(text)
    clock = re.fullmatch(r"(\d{1,2}):([0-5]\d)(?::00)?", given)
    if clock:
        return int(clock[1]) * 60 + int(clock[2])
    if re.fullmatch(r"\d+\.0+", given):
        given = given.partition(".")[0]
    given = given.replace("个半小时", ".5小时").replace("半个小时", "30分钟").replace("半小时", "30分钟")
    found = _LENGTH.fullmatch(given)
    if not given or found is None or (found["half"] and not found["hours"]):
        return NotRead("imports.bad_minutes")
    whole = float(found["hours"] or 0) * 60 + (30 if found["half"] else 0) + int(found["minutes"] or 0)
    return round(whole) if whole < 100_000 else NotRead("imports.bad_minutes")


def _made(year: int, month: int, number: int, *, rest: str) -> Day | NotRead:
    try:
        made = date(year, month, number)
    except ValueError:
        return NotRead("imports.no_such_day")
    left = _WEEKDAY.sub("", rest, count=1).strip()
    return Day(made, left.removeprefix("T").strip())


def _hour(text: str, *, half: str) -> time | None:
    given = text.strip()
    serial = _number(given)
    if serial is not None and "." in given and 0 <= serial < 1:
        whole = round(serial * 24 * 60)
        return time(whole // 60 % 24, whole % 60)
    packed = _FOUR.fullmatch(given)
    if packed:
        return time(int(packed[1]), int(packed[2]))
    bare = _BARE_HALF.fullmatch(given)
    if bare:
        return _clock(int(bare[1]), 0, bare[2])
    found = _HOUR.fullmatch(given)
    if found is None:
        return None
    said = found["half"] or found["after"] or half
    minute = 30 if found["minute"] == "半" else int(found["minute"] or 0)
    return _clock(int(found["hour"]), minute, said)


def _clock(hour: int, minute: int, half: str) -> time | None:
    said = half.lower()
    if (said in _AFTERNOON and hour < 12) or (said == "中午" and hour < 3):
        hour += 12
    elif said in _MORNING and hour == 12:
        hour = 0
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\d{1,6}(?:\.\d+)?", text) else None
