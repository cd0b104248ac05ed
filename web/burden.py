"""What the pages of the burden account share: whose figures a reader may see, and what an address asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from aiohttp import web
from aiohttp.web import AppKey

from meetinghub.burden import periods
from meetinghub.burden.figures import Figure
from meetinghub.burden.periods import Kind, Period
from meetinghub.burden.rows import View
from meetinghub.burden.saying import Saying
from meetinghub.burden.service import Burden
from meetinghub.errors import Forbidden
from meetinghub.people import store as people
from meetinghub.people.model import Account, Committee, Department, Right, Role
from meetinghub.words import Words
from web import keys
from web.policies import POLICIES, sentence

BURDEN = AppKey("burden", Burden)
SAYING = AppKey("saying", Saying)

SEES_ALL = (Right.HOST, Right.COORDINATOR, Right.LEADER, Right.ADMINISTRATOR)
"""Who opens the rows of the street and of every unit. Others have their own, and the street's sums."""
DECIDES = Right.COORDINATOR
ROLES = (
    Role.SECRETARY,
    Role.DIRECTOR,
    Role.DEPUTY_DIRECTOR,
    Role.LINE_WORKER,
    Role.OWNERS_COMMITTEE,
    Role.PROPERTY_MANAGER,
    Role.VOLUNTEER,
)
"""Whom meetings call."""
STREET = "all"


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for. ``of`` is ``all``, ``c04`` (a seat) or ``d3``; ``opens``: its rows may be read too.

    ``chosen`` None: no period was named, or none that there is; ``wrong`` says the latter.
    """

    view: View
    of: str
    opens: bool
    chosen: Period | None
    wrong: bool
    figure: Figure
    text: str


@dataclass(frozen=True, slots=True)
class Street:
    """The units that can be chosen, in the order of the register; never in that of any figure."""

    committees: Sequence[Committee]
    departments: Sequence[Department]

    @property
    def department_names(self) -> dict[int, str]:
        return {each.id: each.name for each in self.departments}

    def name(self, view: View) -> str:
        """Of the unit whose view it is; empty for the street's."""
        found = [each.name for each in self.committees if each.id == view.committee]
        found += [each.name for each in self.departments if each.id == view.department]
        return found[0] if found else ""


async def street(request: web.Request) -> Street:
    committees = await request.app[keys.DATABASE].read(people.committees)
    return Street(committees, await request.app[keys.DATABASE].read(people.departments))


def asked(request: web.Request, units: Street) -> Asked:
    """Raises :class:`Forbidden` for figures of others."""
    query, account = request.query, request[keys.WHO].account
    of = query.get("of", "") or _own(account)
    view = _view(of, units)
    if view is None:
        of, view = _own(account), _view(_own(account), units) or View()
    if not may_see(account, view):
        raise Forbidden("burden.not_yours")
    role = next((role.value for role in ROLES if role == query.get("role", "")), None)
    name = query.get("period", "")
    chosen = periods.free(query.get("from", ""), query.get("to", "")) if name == Kind.FREE else periods.named(name)
    figure = next((each for each in Figure if each == query.get("figure", "")), Figure.ATTENDANCES)
    text = " ".join(query.get("q", "").replace("\x00", "").split())[:80]
    view = View(view.committee, view.department, role)
    return Asked(view, of, opens(account, view), chosen, bool(name) and chosen is None, figure, text)


def may_see(account: Account, view: View) -> bool:
    """Whether the account may read this view's sums: everybody the street's."""
    return view == View() or opens(account, view)


def opens(account: Account, view: View) -> bool:
    """Whether the account may read the rows that this view's figures are made of."""
    if account.may(*SEES_ALL):
        return True
    own = view.committee is not None and view.committee == account.committee
    return own or (view.department is not None and view.department == account.department)


def offered(account: Account, units: Street, words: Words) -> list[tuple[str, str]]:
    """What the reader can choose between: value and label."""
    found = [(STREET, words("burden.street"))]
    departments = [each for each in units.departments if account.may(*SEES_ALL) or each.id == account.department]
    committees = [each for each in units.committees if account.may(*SEES_ALL) or each.id == account.committee]
    found += [(f"d{each.id}", each.name) for each in departments]
    return found + [(f"c{each.seat:02d}", each.name) for each in committees]


def period_name(words: Words, period: Period) -> str:
    """2026年10月 · October 2026; 2026年第三季度 · third quarter of 2026."""
    if period.kind is Kind.FREE:
        return words("burden.from_to", first=day(words, period.first), last=day(words, period.last))
    if period.kind is Kind.MONTH:
        return month_name(words, period.first.year * 100 + period.first.month)
    year = period.first.year
    if period.kind is Kind.QUARTER:
        return words(f"burden.quarter_{period.number}", year=year)
    if period.kind is Kind.HALF:
        return words(f"burden.half_{period.number}", year=year)
    return words("burden.year", year=year)


def month_name(words: Words, month: int) -> str:
    return words(f"burden.month_{month % 100}", year=month // 100)


def day(words: Words, moment: date) -> str:
    """With its year: a period may lie in any."""
    return words(f"burden.day_{moment.month}", year=moment.year, day=moment.day)


def amount(number: int) -> str:
    return f"{number:,}"


async def period_of(request: web.Request, wanted: Asked) -> Period:
    """The period that was asked for, or the usual one."""
    return wanted.chosen or await request.app[BURDEN].usual_period(wanted.view)


async def rule_sentences(request: web.Request, rules: Sequence[str]) -> dict[str, str]:
    """``policy:rule`` → the rule as the coordinator would say it; those of versions that are gone are left out."""
    if not rules:
        return {}
    words, wanted = request[keys.WORDS], set(rules)
    departments = (await street(request)).department_names
    return {
        name: sentence(words, rule, departments)
        for version in await request.app[POLICIES].versions()
        for rule in version.policy.rules
        if (name := f"{version.policy.number}:{rule.id}") in wanted
    }


def _own(account: Account) -> str:
    if account.seat is not None:
        return f"c{account.seat:02d}"
    return f"d{account.department}" if account.department is not None and not account.may(*SEES_ALL) else STREET


def _view(of: str, units: Street) -> View | None:
    if of == STREET:
        return View()
    committee = next((each for each in units.committees if of == f"c{each.seat:02d}"), None)
    if committee is not None:
        return View(committee=committee.id)
    department = next((each for each in units.departments if of == f"d{each.id}"), None)
    return View(department=department.id) if department is not None else None
