"""A rule's fields as a form shows them: one kind of control for each kind of field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from meetinghub.words import Words
from quotas import document
from quotas.fields import Choice, Field, Flag, Numbers, Several, Whole
from web.policies import option_key


@dataclass(frozen=True, slots=True)
class Control:
    """``shape``: ``number``, ``choice``, ``several`` or ``flag``. ``options``: value, label, whether it is chosen."""

    name: str
    label: str
    hint: str
    shape: str
    value: str
    options: tuple[tuple[str, str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    kind: str
    id: str
    controls: tuple[Control, ...]


def controls(words: Words, row: Mapping[str, Any], departments: Mapping[int, str]) -> Row:
    """The controls of one rule as it was typed."""
    kind = str(row["kind"])
    made = [
        _control(words, kind, name, spec, row.get(name), departments) for name, spec in document.fields(kind).items()
    ]
    return Row(kind, str(row["id"]), tuple(made))


def _control(words: Words, kind: str, name: str, spec: Field, value: Any, departments: Mapping[int, str]) -> Control:
    label = words(f"policy.field_{kind}_{name}")
    hinted = f"policy.hint_{kind}_{name}"
    hint = words(hinted) if hinted in words.keys else ""
    match spec:
        case Whole():
            return Control(name, label, hint, "number", "" if value is None else str(value))
        case Choice(options):
            made = tuple((each.value, words(f"policy.{name}_{each.value}"), each == value) for each in options)
            return Control(name, label, hint, "choice", str(value), made)
        case Several(several):
            made = tuple((each, words(option_key(name, each)), each in (value or ())) for each in several)
            return Control(name, label, hint, "several", "", made)
        case Numbers(high, _):
            chosen = value or ()
            if name == "departments":
                made = tuple((str(number), text, number in chosen) for number, text in departments.items())
            else:
                days = range(1, high + 1)
                made = tuple((str(number), words(f"policy.{name}_{number}"), number in chosen) for number in days)
            return Control(name, label, hint, "several", "", made)
        case Flag():
            return Control(name, label, hint, "flag", "yes" if value else "")
