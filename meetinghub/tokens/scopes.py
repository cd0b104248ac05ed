"""What a token may be used for: never more than its owner may do, and of that only what was chosen.

A scope is a stretch of the API, not a right. Whether this account may do this to that meeting is decided where it is
decided for the pages; a scope that the account's rights do not reach is not even offered.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType

from meetinghub.people.model import Right


class Scope(StrEnum):
    MEETINGS_READ = "meetings:read"
    REQUESTS_READ = "requests:read"
    REQUESTS_WRITE = "requests:write"
    CLAIMS_WRITE = "claims:write"
    AGENDAS_WRITE = "agendas:write"
    APPROVALS_READ = "approvals:read"
    APPROVALS_WRITE = "approvals:write"
    POLICIES_READ = "policies:read"
    USAGE_READ = "usage:read"
    BURDEN_READ = "burden:read"
    NOTICES_READ = "notices:read"
    NOTICES_WRITE = "notices:write"


_DECIDES = (Scope.APPROVALS_READ, Scope.APPROVALS_WRITE)
"""Every account of the street office may be named an approver's deputy."""
_CALLS = (
    Scope.MEETINGS_READ,
    Scope.REQUESTS_READ,
    Scope.REQUESTS_WRITE,
    Scope.CLAIMS_WRITE,
    Scope.AGENDAS_WRITE,
    Scope.USAGE_READ,
    Scope.BURDEN_READ,
    Scope.NOTICES_READ,
    Scope.NOTICES_WRITE,
    *_DECIDES,
)
_OVERSEES = (
    Scope.MEETINGS_READ,
    Scope.REQUESTS_READ,
    Scope.POLICIES_READ,
    Scope.USAGE_READ,
    Scope.BURDEN_READ,
    Scope.NOTICES_READ,
    *_DECIDES,
)

OF: Mapping[Right, tuple[Scope, ...]] = MappingProxyType(
    {
        Right.ADMINISTRATOR: (Scope.MEETINGS_READ, Scope.BURDEN_READ, Scope.NOTICES_READ, *_DECIDES),
        Right.COORDINATOR: (
            *_OVERSEES,
            Scope.REQUESTS_WRITE,
            Scope.AGENDAS_WRITE,
            Scope.CLAIMS_WRITE,
            Scope.NOTICES_WRITE,
        ),
        Right.LEADER: _OVERSEES,
        Right.HOST: _CALLS,
        Right.CHAIR: (Scope.MEETINGS_READ, *_DECIDES),
        Right.OPERATOR: (Scope.MEETINGS_READ, *_DECIDES),
        Right.DEPARTMENT: _CALLS,
        Right.SITE: (Scope.MEETINGS_READ, Scope.BURDEN_READ, Scope.NOTICES_READ, Scope.NOTICES_WRITE),
    }
)


def offered(rights: Collection[Right]) -> tuple[Scope, ...]:
    """The scopes that an account with these rights can give away, in the order of :class:`Scope`."""
    reached = {scope for right in rights for scope in OF[right]}
    return tuple(scope for scope in Scope if scope in reached)
