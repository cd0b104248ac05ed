"""Rules are written as JSON and read back; what cannot be used is named field by field."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetinghub.errors import Invalid
from quotas import document
from quotas.fields import Choice, Field, Flag, Numbers, Several, Whole
from quotas.policy import KINDS, Quota, Rule
from tests.quotas.examples import SEED


def values(field: Field) -> st.SearchStrategy[Any]:
    match field:
        case Whole(low, high, _):
            return st.integers(low, high)
        case Choice(options):
            return st.sampled_from([option.value for option in options])
        case Several(options, needed):
            return st.lists(st.sampled_from(options), min_size=needed, unique=True)
        case Numbers(high, needed):
            return st.lists(st.integers(1, high), min_size=needed)
        case Flag():
            return st.booleans()


def rows(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    fields = {name: values(field) for name, field in document.fields(kind).items()}
    return st.fixed_dictionaries({"kind": st.just(kind), **fields})


RULES = st.lists(st.sampled_from(sorted(KINDS)).flatmap(rows), max_size=12).map(
    lambda drawn: {"rules": [{**row, "id": f"rule-{place}"} for place, row in enumerate(drawn)]}
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


def problems(given: object) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        document.read(given)
    return dict(caught.value.fields)


@given(RULES)
def test_what_is_read_is_written_and_read_the_same(given: dict[str, Any]) -> None:
    rules = document.read(given)
    written = document.text(rules)
    assert document.parse(written) == rules
    assert document.text(document.parse(written)) == written
    assert document.read(json.loads(written)) == rules


@given(st.lists(JSON, max_size=4) | JSON)
def test_nothing_that_can_be_sent_is_more_than_invalid(sent: object) -> None:
    for whole in (sent, {"rules": sent}, {"rules": [sent, {"kind": sent, "id": sent}]}):
        try:
            document.read(whole)
        except Invalid as error:
            assert error.fields  # noqa: PT017  (whether it raises depends on the example)


@given(st.sampled_from(sorted(KINDS)), JSON)
def test_a_field_holds_what_it_may_or_is_named(kind: str, sent: object) -> None:
    for name, field in document.fields(kind).items():
        row = {"id": "a", "kind": kind, **dict.fromkeys(document.fields(kind), sent), name: sent}
        try:
            (rule,) = document.read({"rules": [row]})
        except Invalid as error:
            assert all(where.startswith("rules.0.") for where in error.fields)  # noqa: PT017
        else:
            assert field.read(getattr(rule, name)) == getattr(rule, name)


def test_every_problem_is_told_at_once() -> None:
    rules = [
        {"id": "a", "kind": "quota", "limit": -1, "period": "fortnight", "colour": "red"},
        {"id": "a", "kind": "filing", "working_days": True},
        {"id": "B!", "kind": "call_approval"},
        {"id": "c", "kind": "nonsense"},
        "text",
    ]
    assert problems({"rules": rules}) == {
        "rules.0.limit": "policy.range_limit",
        "rules.0.period": "policy.choose_one",
        "rules.0.colour": "policy.field_unknown",
        "rules.1.working_days": "policy.range_days",
        "rules.2.id": "policy.id_unusable",
        "rules.2.roles": "policy.choose_known",
        "rules.3.kind": "policy.kind_unknown",
        "rules.4.kind": "policy.kind_unknown",
    }


def test_two_rules_of_one_id_and_too_many_rules_are_refused() -> None:
    row = {"id": "a", "kind": "filing"}
    assert problems({"rules": [row, row]}) == {"rules.1.id": "policy.id_twice"}
    many = [{"id": f"r{number}", "kind": "filing"} for number in range(61)]
    assert problems({"rules": many}) == {"rules": "policy.too_many_rules"}
    assert problems({}) == problems(None) == {"rules": "policy.no_rules"}


def test_what_is_left_out_has_its_default_and_the_order_of_rules_stays() -> None:
    assert document.read({"rules": [{"id": "a", "kind": "quota"}]}) == (Quota("a"),)
    assert document.parse(document.text(SEED)) == SEED


@pytest.mark.parametrize("rule", SEED, ids=lambda rule: rule.kind)
def test_choices_are_kept_in_one_order_so_that_equal_rules_are_equal_text(rule: Rule) -> None:
    row = document.plain(rule)
    turned = {name: value[::-1] if isinstance(value, tuple) else value for name, value in row.items()}
    assert document.text(document.read({"rules": [turned]})) == document.text([rule])
