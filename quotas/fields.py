"""What a rule's fields may hold, in one place for JSON, forms and pages."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Unusable(ValueError):
    """``args[0]`` is the code of the message."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number. ``code``: of the message that names the range."""

    low: int
    high: int
    code: str

    def read(self, given: object) -> int:
        if isinstance(given, bool) or not isinstance(given, int) or not self.low <= given <= self.high:
            raise Unusable(self.code)
        return given


@dataclass(frozen=True, slots=True)
class Choice:
    """One word of a vocabulary."""

    options: type[StrEnum]

    def read(self, given: object) -> StrEnum:
        if isinstance(given, str):
            for option in self.options:
                if option == given:
                    return option
        raise Unusable("policy.choose_one")


@dataclass(frozen=True, slots=True)
class Several:
    """Words of a list, kept in the list's order; at least one where ``needed``."""

    options: tuple[str, ...]
    needed: bool

    def read(self, given: object) -> tuple[str, ...]:
        if not isinstance(given, list | tuple) or not all(each in self.options for each in given):
            raise Unusable("policy.choose_known")
        if self.needed and not given:
            raise Unusable("policy.choose_some")
        return tuple(option for option in self.options if option in given)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Rows by their numbers (departments), or days and weeks up to ``high``; in ascending order."""

    high: int
    needed: bool

    def read(self, given: object) -> tuple[int, ...]:
        if not isinstance(given, list | tuple):
            raise Unusable("policy.choose_known")
        if any(isinstance(each, bool) or not isinstance(each, int) or not 1 <= each <= self.high for each in given):
            raise Unusable("policy.choose_known")
        if self.needed and not given:
            raise Unusable("policy.choose_some")
        return tuple(sorted(set(given)))


@dataclass(frozen=True, slots=True)
class Flag:
    def read(self, given: object) -> bool:
        if not isinstance(given, bool):
            raise Unusable("policy.yes_or_no")
        return given


Field = Whole | Choice | Several | Numbers | Flag
