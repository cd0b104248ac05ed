"""A policy's rules as JSON and back, with a message for each field that cannot be used."""

from __future__ import annotations

import dataclasses
import json
import re
import typing
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from meetinghub.errors import Invalid
from meetinghub.ledger import canonical
from quotas.fields import Field, Unusable
from quotas.policy import KINDS, Rule

MOST_RULES = 60
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


@cache
def fields(kind: str) -> dict[str, Field]:
    """The fields of a rule kind, in the order in which a form asks for them."""
    hints = typing.get_type_hints(KINDS[kind], include_extras=True)
    return {
        each.name: hints[each.name].__metadata__[0] for each in dataclasses.fields(KINDS[kind]) if each.name != "id"
    }


def plain(rule: Rule) -> dict[str, object]:
    """A rule as JSON values."""
    return {"id": rule.id, "kind": rule.kind} | {name: getattr(rule, name) for name in fields(rule.kind)}


def text(rules: Sequence[Rule]) -> str:
    """RFC 8785 JSON: equal rules are equal text."""
    return canonical.dumps({"rules": [plain(rule) for rule in rules]})


def parse(written: str) -> tuple[Rule, ...]:
    """The inverse of :func:`text`."""
    return read(json.loads(written))


def read(given: object) -> tuple[Rule, ...]:
    """Rules from JSON values; a field that is left out has its default.

    Raises :class:`Invalid` with every problem at once: ``rules.2.limit`` → code.
    """
    rows = given.get("rules") if isinstance(given, Mapping) else None
    if not isinstance(rows, list):
        raise Invalid(fields={"rules": "policy.no_rules"})
    if len(rows) > MOST_RULES:
        raise Invalid(fields={"rules": "policy.too_many_rules"})
    problems: dict[str, str] = {}
    rules = [_rule(row, f"rules.{place}", problems) for place, row in enumerate(rows)]
    seen: set[str] = set()
    for place, rule in enumerate(rules):
        if rule is not None and rule.id in seen:
            problems[f"rules.{place}.id"] = "policy.id_twice"
        seen |= {rule.id} if rule is not None else set()
    if problems:
        raise Invalid(fields=problems)
    return tuple(rule for rule in rules if rule is not None)


def _rule(row: object, where: str, problems: dict[str, str]) -> Rule | None:
    """None when something about it cannot be used, which ``problems`` then says."""
    kind = row.get("kind") if isinstance(row, Mapping) else None
    if not isinstance(row, Mapping) or not isinstance(kind, str) or kind not in KINDS:
        problems[f"{where}.kind"] = "policy.kind_unknown"
        return None
    cls, known = KINDS[kind], fields(kind)
    before = len(problems)
    values: dict[str, Any] = {"id": row.get("id")}
    if not isinstance(values["id"], str) or not _ID.fullmatch(values["id"]):
        problems[f"{where}.id"] = "policy.id_unusable"
    for name in sorted(set(row) - set(known) - {"id", "kind"}):
        problems[f"{where}.{name}"] = "policy.field_unknown"
    for name, field in known.items():
        if name in row or name in _needed(kind):
            try:
                values[name] = field.read(row.get(name))
            except Unusable as error:
                problems[f"{where}.{name}"] = error.args[0]
    return None if len(problems) > before else cls(**values)


@cache
def _needed(kind: str) -> frozenset[str]:
    return frozenset(
        each.name
        for each in dataclasses.fields(KINDS[kind])
        if each.default is dataclasses.MISSING and each.name != "id"
    )
