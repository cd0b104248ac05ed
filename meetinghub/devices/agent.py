"""A browser's User-Agent in the few words that people know it by."""

from __future__ import annotations

import re

_BROWSERS = (
    ("Edge", re.compile(r"\bEdgA?/(\d+)")),
    ("Firefox", re.compile(r"\bFirefox/(\d+)")),
    ("Chrome", re.compile(r"\b(?:Headless)?Chrome/(\d+)")),
    ("Safari", re.compile(r"\bVersion/(\d+)[\d.]* (?:Mobile/\S+ )?Safari/")),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iOS"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser(agent: str) -> str:
    """``Chrome 131, Windows``; the header itself, cut, when nothing in it is known."""
    name = next((f"{name} {found[1]}" for name, pattern in _BROWSERS if (found := pattern.search(agent))), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return ", ".join(part for part in (name, system) if part) or agent[:60]
