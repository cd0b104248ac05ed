"""What the rules found, as sentences: used, asked, left, each with unit and period, and the next day that is free."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from meetinghub.words import Words

WHOLE = 100


def helpers(words: Words) -> dict[str, Any]:
    """For templates: ``finding(found)`` says one finding, ``day(text)`` a date in it."""
    return {
        "finding": lambda found: sentence(words, found),
        "day": lambda text: words.day(date.fromisoformat(text)),
    }


def sentence(words: Words, found: Mapping[str, Any]) -> str:
    """One finding as it was kept with the request."""
    said = words(f"asking.finding_{found['kind']}_{'broken' if found['broken'] else 'kept'}", **_values(words, found))
    return words(f"asking.action_{found['action']}", said=said) if found["broken"] else said


def _values(words: Words, found: Mapping[str, Any]) -> dict[str, str]:
    limit, used, asked = found["limit"], found["used"], found["asked"]
    earliest = found["earliest"]
    return {
        "limit": _amount(limit),
        "used": _amount(used),
        "asked": _amount(asked),
        "left": _amount(max(0, limit - used - asked)),
        "unit": words(f"asking.unit_{found['unit']}") if found["unit"] else "",
        "period": words(f"asking.period_{found['period']}") if found["period"] else "",
        "role": words(f"role.{found['role']}") if found["role"] else "",
        "crowded": str(found["crowded"]),
        "day": words.day(date.fromisoformat(earliest)) if earliest else "–",
    }


def _amount(hundredths: int) -> str:
    whole, rest = divmod(int(hundredths), WHOLE)
    return str(whole) if not rest else f"{hundredths / WHOLE:.2f}".rstrip("0")
