"""What the rules found, as templates ask for it."""

from __future__ import annotations

from datetime import date
from typing import Any

from meetinghub.asking.phrases import sentence
from meetinghub.words import Words


def helpers(words: Words) -> dict[str, Any]:
    """For templates: ``finding(found)`` says one finding, ``day(text)`` a date in it."""
    return {
        "finding": lambda found: sentence(words, found),
        "day": lambda text: words.day(date.fromisoformat(text)),
    }
