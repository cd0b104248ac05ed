"""What the pages about the rules share: rules as sentences, and a form's fields as rules and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from aiohttp.web import AppKey
from multidict import MultiMapping

from meetinghub.errors import Invalid
from meetinghub.words import Words
from quotas import document
from quotas.fields import Choice, Field, Flag, Numbers, Several, Whole
from quotas.policies import LONGEST_NOTE, Policies
from quotas.policy import KINDS, Ceiling, NoMeetingDays, Quota, Rule

POLICIES = AppKey("policies", Policies)
LONGEST_ID = 32


@dataclass(frozen=True, slots=True)
class Draft:
    """A form as it was typed: each rule's ``kind``, ``id`` and raw values; ``problems`` by ``rules.2.limit``."""

    revision: int
    note: str
    rows: tuple[Mapping[str, Any], ...]
    problems: Mapping[str, str] = field(default_factory=dict)

    def without(self, place: int) -> Draft:
        rows = tuple(row for number, row in enumerate(self.rows) if number != place)
        return replace(self, rows=rows, problems={})

    def with_new(self, kind: str) -> Draft:
        """One more rule, as a form shows it before anybody answered."""
        taken = {row["id"] for row in self.rows}
        name = next(each for number in range(1, 1000) if (each := f"{kind.replace('_', '-')}-{number}") not in taken)
        return replace(self, rows=(*self.rows, _blank(kind, name)), problems={})

    def rules(self) -> tuple[Rule, ...]:
        """Raises :class:`Invalid` with every problem."""
        read = document.read({"rules": [dict(row) for row in self.rows]})
        if len(self.note) > LONGEST_NOTE:
            raise Invalid(fields={"note": "form.too_long"})
        return read


def shown(rules: Sequence[Rule], *, revision: int, note: str) -> Draft:
    """A version's rules as its form first shows them."""
    return Draft(revision, note, tuple(document.plain(rule) for rule in rules))


def typed(given: MultiMapping[Any]) -> Draft:
    """What a browser sent. What is no rule is left for :meth:`Draft.rules` to name; nothing typed is lost."""
    rows = []
    for place in range(min(_count(given), document.MOST_RULES + 1)):
        kind = _text(given, f"rules.{place}.kind")
        if kind in KINDS:
            values = {name: _raw(each, given, f"rules.{place}.{name}") for name, each in document.fields(kind).items()}
            rows.append({"id": _text(given, f"rules.{place}.id")[: LONGEST_ID + 1], "kind": kind, **values})
    note = " ".join(_text(given, "note").replace("\x00", "").split())
    return Draft(_number(_text(given, "revision")) or 0, note, tuple(rows))


def sentence(words: Words, rule: Rule, departments: Mapping[int, str]) -> str:
    """A rule as the coordinator would say it."""
    values: dict[str, object] = {}
    for name, each in document.fields(rule.kind).items():
        value = getattr(rule, name)
        values[name] = _said(words, name, each, value, departments)
    if isinstance(rule, Quota | Ceiling):
        values["unit"] = words(f"policy.unit_{rule.unit}", limit=rule.limit)
    if isinstance(rule, Quota):
        values["whose"] = _whose(words, rule, departments)
        values["riding"] = words("policy.riding", percent=rule.ride_percent) if rule.ride_percent else ""
        values["but"] = words("policy.not_counted", roles=values["not_roles"]) if rule.not_roles else ""
    if isinstance(rule, NoMeetingDays):
        said = [str(values["weekdays"])] if rule.weekdays else []
        said += [str(values["weeks"])] if rule.weeks else []
        said += [words("policy.days_off_word")] if rule.days_off else []
        values["days"] = words("policy.joint").join(said) or "–"
    return words(f"policy.say_{rule.kind}", **values)


def _whose(words: Words, rule: Quota, departments: Mapping[int, str]) -> str:
    named = words("policy.joint").join(departments.get(number, "?") for number in rule.departments)
    return words(f"policy.whose_{rule.per}_named" if named else f"policy.whose_{rule.per}", names=named)


def _said(words: Words, name: str, each: Field, value: Any, departments: Mapping[int, str]) -> str:
    """A field's value in words."""
    joint = words("policy.joint")
    match each:
        case Choice():
            return words(f"policy.{name}_{value}")
        case Several():
            return joint.join(words(option_key(name, one)) for one in value)
        case Numbers() if name == "departments":
            return joint.join(departments.get(number, "?") for number in value)
        case Numbers():
            return joint.join(words(f"policy.{name}_{number}") for number in value)
        case _:
            return str(value)


def option_key(name: str, value: str) -> str:
    """The catalogue's key of one of the words of a list."""
    return f"policy.kinds_{value}" if name == "kinds" else f"role.{value}"


def _blank(kind: str, name: str) -> dict[str, Any]:
    values: dict[str, Any] = {"id": name, "kind": kind}
    known = KINDS[kind].__dataclass_fields__
    for each, spec in document.fields(kind).items():
        default = known[each].default
        values[each] = default if isinstance(default, str | int | tuple) else _nothing(spec)
    return values


def _nothing(spec: Field) -> object:
    return () if isinstance(spec, Several | Numbers) else ""


def _raw(spec: Field, given: MultiMapping[Any], name: str) -> object:
    """A field as JSON would have it, or the text that cannot be that."""
    match spec:
        case Whole():
            text = _text(given, name).strip()
            number = _number(text)
            return text[:10] if number is None else number
        case Flag():
            return bool(_text(given, name))
        case Several():
            return [each for each in given.getall(name, []) if isinstance(each, str)]
        case Numbers():
            return [number for each in given.getall(name, []) if (number := _number(str(each))) is not None]
        case _:
            return _text(given, name)


def _count(given: MultiMapping[Any]) -> int:
    return _number(_text(given, "count")) or 0


def _text(given: MultiMapping[Any], name: str) -> str:
    value = given.get(name, "")
    return value if isinstance(value, str) else ""


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else None
