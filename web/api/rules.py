"""The rules for calling meetings as shapes: one class for each kind, made from what its fields may hold
(:mod:`quotas.fields`), the same place that the page's form and the sentences are made from."""

from __future__ import annotations

import dataclasses
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, create_model

from quotas import document
from quotas.fields import Choice, Flag, Numbers, Several, Whole
from quotas.fields import Field as Spec
from quotas.policy import KINDS, Rule
from web.api.model import Model

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]


def _type(spec: Spec) -> Any:
    match spec:
        case Whole(low=low, high=high):
            return Annotated[int, Field(ge=low, le=high)]
        case Choice(options=options):
            return options
        case Several(options=options, needed=needed):
            known: Any = Literal.__getitem__(tuple(str(each) for each in options))
            return Annotated[list[known], Field(min_length=1 if needed else 0, max_length=len(options))]
        case Numbers(high=high, needed=needed):
            each = Annotated[int, Field(ge=1, le=high)]
            return Annotated[list[each], Field(min_length=1 if needed else 0, max_length=100)]
        case Flag():
            return bool


def _shape(kind: str) -> type[Model]:
    known = {each.name: each for each in dataclasses.fields(KINDS[kind])}
    fields: dict[str, Any] = {"kind": (Literal[kind], ...), "id": (Name, ...)}
    for name, spec in document.fields(kind).items():
        default = known[name].default
        if isinstance(default, tuple):
            default = list(default)
        fields[name] = (_type(spec), ... if default is dataclasses.MISSING else default)
    made: type[Model] = create_model(
        KINDS[kind].__name__ + "Rule", __base__=Model, __doc__=KINDS[kind].__doc__, **fields
    )
    return made


SHAPES: dict[str, type[Model]] = {kind: _shape(kind) for kind in KINDS}
if TYPE_CHECKING:
    AnyRule = Model
    RuleSet = Model
else:
    AnyRule = Annotated[reduce(or_, SHAPES.values()), Field(discriminator="kind")]
    RuleSet = create_model(
        "RuleSet",
        __base__=Model,
        __doc__="Rules to be tried on the past half-year's meetings.",
        rules=(Annotated[list[AnyRule], Field(min_length=1, max_length=document.MOST_RULES)], ...),
    )


def read(given: Model) -> tuple[Rule, ...]:
    """The rules of a :data:`RuleSet`; raises :class:`meetinghub.errors.Invalid` as the page does."""
    return document.read(given.model_dump(mode="json"))


def shown(rule: Rule) -> Model:
    """A version's rule in its shape."""
    values: dict[str, Any] = {
        name: list(value) if isinstance(value, tuple) else value for name, value in document.plain(rule).items()
    }
    return SHAPES[rule.kind].model_construct(**values)
