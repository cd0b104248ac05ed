"""Names that somebody typed → whom a task is given to: "全体居委会、民政科、沈若琳"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from meetinghub.meetings.model import Site
from meetinghub.minutes.model import Who
from meetinghub.people.model import Committee, Department, Person

EVERYBODY = frozenset({"全体居委会", "各居委会", "所有居委会", "全部居委会", "all committees", "every committee"})
_BETWEEN = re.compile(r"[、，,；;\n]+")
_WHERE = re.compile(r"(.+?)\s*[（(](.+?)[）)]")


@dataclass(frozen=True, slots=True)
class Register:
    """Who can be named: the committees that take part in the meeting, all departments, everybody's people."""

    sites: tuple[Site, ...]
    committees: tuple[Committee, ...]
    departments: tuple[Department, ...]
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """``unknown``: names that nobody bears; ``several``: names that more than one person bears."""

    found: tuple[Who, ...]
    unknown: tuple[str, ...] = ()
    several: tuple[str, ...] = ()


def pieces(text: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in _BETWEEN.split(text) if each.strip())


def named(text: str, register: Register) -> Named:
    """Everybody once, in the order of the text; "all committees" are those that take part, in the order of seats."""
    found: dict[str, Who] = {}
    unknown: list[str] = []
    several: list[str] = []
    for piece in pieces(text):
        who = _units(piece, register) or _persons(piece, register)
        if not who:
            unknown.append(piece)
        elif len(who) > 1 and piece.lower() not in EVERYBODY:
            several.append(piece)
        else:
            found.update((each.ref, each) for each in who)
    return Named(tuple(found.values()), tuple(unknown), tuple(several))


def typed(owners: Iterable[Who], register: Register, everybody: str) -> str:
    """The other way round: what to show in the field. ``everybody`` is this language's word for all committees."""
    left = list(owners)
    whole = {each.committee_id for each in register.sites}
    units = {each.committee for each in left if each.person is None and each.committee is not None}
    names = []
    if len(whole) > 1 and whole <= units:
        names.append(everybody)
        left = [each for each in left if each.person is not None or each.committee not in whole]
    return "、".join([*names, *(each.name for each in left)])


def _units(piece: str, register: Register) -> Sequence[Who]:
    if piece.lower() in EVERYBODY:
        return [Who(each.name, committee=each.committee_id) for each in register.sites]
    for committee in register.committees:
        if piece in {committee.name, committee.full_name, f"{committee.name}居委会"}:
            return [Who(committee.name, committee=committee.id)]
    for department in register.departments:
        if piece == department.name:
            return [Who(department.name, department=department.id)]
    return []


def _persons(piece: str, register: Register) -> Sequence[Who]:
    """Bearers of a name, all of them or, as in "沈若琳（民政科）", those of one unit."""
    split = _WHERE.fullmatch(piece)
    name, where = (split[1], split[2]) if split else (piece, "")
    inside = {each.id: {each.name, each.full_name} for each in register.committees}
    office = {each.id: each.name for each in register.departments}
    found = []
    for person in register.people:
        if person.name != name:
            continue
        if person.committee is not None and (not where or where in inside.get(person.committee, ())):
            unit = min(inside.get(person.committee, {""}), key=len)
            found.append(Who(f"{name}（{unit}）", committee=person.committee, person=person.id))
        elif person.department is not None and (not where or where == office.get(person.department)):
            unit = office.get(person.department, "")
            found.append(Who(f"{name}（{unit}）", department=person.department, person=person.id))
    return found
