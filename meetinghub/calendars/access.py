"""Which calendars an account may subscribe to: committees only their own, the street's staff those of everybody."""

from __future__ import annotations

from meetinghub.calendars.model import Kind, Scope
from meetinghub.people.model import Account


def own(account: Account) -> list[Scope]:
    """The calendars that an account is offered first."""
    found = [Scope(Kind.PERSON, str(account.id))]
    if account.committee is not None:
        found += [Scope(Kind.COMMITTEE, str(account.committee)), Scope(Kind.SITE, str(account.committee))]
    if account.department is not None:
        found.append(Scope(Kind.DEPARTMENT, str(account.department)))
    return found


def may_see(account: Account, scope: Scope) -> bool:
    """Nobody's personal calendar is another's."""
    if account.device is not None:
        return False
    return scope in own(account) or (account.committee is None and scope.kind is not Kind.PERSON)
