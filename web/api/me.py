"""Who a token stands for, and what it opens."""

from __future__ import annotations

from meetinghub.people.model import Right
from meetinghub.tokens.scopes import Scope
from web import keys
from web.api.model import Model, Moment
from web.api.operation import Call, Reply


class Me(Model):
    """``scopes``: what the token opens now; ``department`` and ``committee`` are their numbers."""

    account: str
    name: str
    unit: str
    department: int | None
    committee: int | None
    rights: list[Right]
    scopes: list[Scope]
    expires_at: Moment


async def show(call: Call) -> Reply[Me]:
    bearer = call.request[keys.BEARER]
    account = bearer.account
    return Reply(
        Me(
            account=account.username,
            name=account.name,
            unit=account.unit,
            department=account.department,
            committee=account.committee,
            rights=sorted(account.rights),
            scopes=sorted(bearer.scopes),
            expires_at=bearer.token.expires_at,
        )
    )
