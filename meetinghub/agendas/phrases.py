"""Audiences and strips in words."""

from __future__ import annotations

from meetinghub.agendas.audiences import Strip, strips_of
from meetinghub.meetings.model import Audience
from meetinghub.words import Words


def strip_text(words: Words, strip: Strip) -> str:
    """书记 · 民政条线."""
    return words("agenda.line", line=strip.line) if strip.line else words(f"role.{strip.role}")


def audience_text(words: Words, audience: Audience) -> str:
    """书记、主任、民政条线."""
    return words("agenda.comma").join(strip_text(words, strip) for strip in strips_of(audience))
