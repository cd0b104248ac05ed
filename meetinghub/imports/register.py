"""Texts of a file → departments, committees, roles and the few other words that a field may hold.

A value is written as the number of a row, ``all`` for all committees, or the word that is stored. What a person said a
text stands for comes first; ``-`` says that it is of no account.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from meetinghub.imports.model import Field, Kind, Mode
from meetinghub.imports.moments import plain
from meetinghub.people.model import Role

NOTHING = "-"
ALL = "all"
_APART = re.compile(r"[、,;/|+&\n]|(?:\s+(?:and|和|及)\s+)|和|及")
_BLANK = re.compile(r"\s+")
_EVERYBODY = re.compile(
    r"(?:全部|所有|各|全体|每个|全街道|\d+\s*个|all(?:\s+\d+)?)\s*(?:的)?\s*(?:居委会|居委|居民区|社区|committees?)?",
    re.I,
)
_OFFICE = re.compile(r"(?:科室|科|办公室|办|中心|站|所)$")
_COMMITTEE = re.compile(r"(?:居民委员会|居委会|居委|居民区|社区)$")
ROLE_WORDS: tuple[tuple[str, Role], ...] = (
    ("副主任", Role.DEPUTY_DIRECTOR),
    ("deputy director", Role.DEPUTY_DIRECTOR),
    ("deputy_director", Role.DEPUTY_DIRECTOR),
    ("业委会主任", Role.OWNERS_COMMITTEE),
    ("业委会", Role.OWNERS_COMMITTEE),
    ("owners", Role.OWNERS_COMMITTEE),
    ("物业", Role.PROPERTY_MANAGER),
    ("property", Role.PROPERTY_MANAGER),
    ("志愿者", Role.VOLUNTEER),
    ("volunteer", Role.VOLUNTEER),
    ("会控员", Role.OPERATOR),
    ("operator", Role.OPERATOR),
    ("条线", Role.LINE_WORKER),
    ("社工", Role.LINE_WORKER),
    ("line_worker", Role.LINE_WORKER),
    ("line worker", Role.LINE_WORKER),
    ("书记", Role.SECRETARY),
    ("secretar", Role.SECRETARY),
    ("主任", Role.DIRECTOR),
    ("director", Role.DIRECTOR),
)
"""Longer words first: what one has found is taken out before the next looks."""
_MODES = {
    Mode.MIXED: ("混合", "线上线下", "线上+线下", "现场+视频", "mixed", "hybrid"),
    Mode.VIDEO: ("视频", "线上", "腾讯会议", "网络", "远程", "video", "online", "remote"),
    Mode.IN_PERSON: ("现场", "线下", "当面", "集中", "面对面", "in person", "in_person", "in-person", "onsite"),
}
_KINDS = {
    Kind.RIDE: ("拼会", "拼", "搭会", "并会", "ride", "shared"),
    Kind.OWN: ("自行召集", "自行", "单独", "独立", "主办", "own", "separate"),
}


@dataclass(frozen=True, slots=True)
class Department:
    id: int
    name: str
    line: str


@dataclass(frozen=True, slots=True)
class Committee:
    id: int
    seat: int
    name: str
    full_name: str


@dataclass(frozen=True)
class Register:
    """The organisations as they are now. ``roles`` are those that committees' people hold."""

    departments: tuple[Department, ...]
    committees: tuple[Committee, ...]
    roles: tuple[str, ...]

    @cached_property
    def lines(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(each.line for each in self.departments if each.line))

    @cached_property
    def _departments(self) -> dict[str, str]:
        """By name, by name without 科 or 办, and by business line where one department alone has it."""
        found: dict[str, set[int]] = {}
        for each in self.departments:
            for name in {_key(each.name), _OFFICE.sub("", _key(each.name)), _key(each.line)} - {""}:
                found.setdefault(name, set()).add(each.id)
        exact = {_key(each.name): str(each.id) for each in self.departments}
        return {name: str(min(ids)) for name, ids in found.items() if len(ids) == 1} | exact

    @cached_property
    def _committees(self) -> dict[str, str]:
        found = {}
        for each in self.committees:
            for name in (each.name, each.full_name):
                found[_COMMITTEE.sub("", _key(name))] = str(each.id)
        return found

    def choices(self, field: Field) -> tuple[str, ...]:
        """The values that a text of this field may stand for."""
        match field:
            case Field.DEPARTMENT:
                return tuple(str(each.id) for each in self.departments)
            case Field.COMMITTEES:
                return (ALL, *(str(each.id) for each in self.committees))
            case Field.ROLES:
                return self.roles
            case Field.LINE:
                return self.lines
            case Field.MODE:
                return tuple(Mode)
            case Field.KIND:
                return tuple(Kind)
            case _:
                return ()

    def split(self, field: Field, text: str) -> tuple[str, ...]:
        """A cell as the texts it is made of."""
        whole = plain(text)
        if field not in (Field.COMMITTEES, Field.ROLES):
            return (whole,) if whole else ()
        if self._known(field, whole):
            return (whole,)
        parts = [part.strip() for part in _APART.split(whole)]
        if field is Field.COMMITTEES:
            parts = [piece for part in parts for piece in ([part] if self._known(field, part) else part.split(" "))]
        return tuple(part for part in parts if part)

    def values(self, field: Field, text: str, said: Mapping[str, str]) -> tuple[str, ...] | None:
        """What one text of :meth:`split` stands for; None when it names nothing known."""
        if text in said:
            value = said[text]
            return () if value == NOTHING else (value,) if value in self.choices(field) else None
        return self._known(field, text)

    def _known(self, field: Field, text: str) -> tuple[str, ...] | None:
        key = _key(text)
        match field:
            case Field.DEPARTMENT:
                found = self._departments.get(key) or self._departments.get(_OFFICE.sub("", key))
                return (found,) if found else None
            case Field.COMMITTEES:
                if _EVERYBODY.fullmatch(plain(text)):
                    return (ALL,)
                found = self._committees.get(_COMMITTEE.sub("", key))
                return (found,) if found else None
            case Field.ROLES:
                return _roles(text.lower())
            case Field.LINE:
                return (key.removesuffix("条线"),) if key.removesuffix("条线") in self.lines else None
            case Field.MODE:
                return _word(_MODES, key)
            case Field.KIND:
                return _word(_KINDS, key)
            case _:
                return None


def _key(text: str) -> str:
    return _BLANK.sub("", plain(text)).lower()


def _roles(text: str) -> tuple[str, ...] | None:
    """Every role that is named; None when none is, or when something is left that names nobody."""
    left, found = text, []
    for word, role in ROLE_WORDS:
        if word in left:
            left = left.replace(word, " ")
            found.append(role.value)
    rest = re.sub(
        r"居委会|居委|居民区|社区|总支|支部|党|干部|负责人|条线|经理|成员|长期|各|的|全体|ies|y|s\b|\W|managers?|workers?|committees?",
        "",
        left,
    )
    return tuple(dict.fromkeys(found)) if found and not rest else None


def _word(known: Mapping[Mode, tuple[str, ...]] | Mapping[Kind, tuple[str, ...]], key: str) -> tuple[str, ...] | None:
    return next(((value.value,) for value, words in known.items() if any(_key(word) in key for word in words)), None)
