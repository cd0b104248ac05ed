"""All queries about personal tokens."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session as Db
from sqlmodel import col, func, select, update

from meetinghub.ids import AccountId
from meetinghub.tokens.model import Token
from meetinghub.tokens.scopes import Scope
from meetinghub.tokens.tables import TokenRow


def add(db: Db, token: Token, digest: str) -> int:
    """Write a new token; its number. ``token.number`` is not looked at."""
    row = TokenRow(
        account_id=token.account,
        digest=digest,
        name=token.name,
        begins=token.begins,
        scopes=sorted(token.scopes),
        created_at=token.created_at,
        expires_at=token.expires_at,
    )
    db.add(row)
    db.flush()
    assert row.id is not None
    return row.id


def by_digest(db: Db, digest: str) -> Token | None:
    row = db.exec(select(TokenRow).where(TokenRow.digest == digest)).first()
    return _token(row) if row else None


def of(db: Db, account: AccountId) -> list[Token]:
    """An account's tokens that were not revoked, newest first; expired ones are among them."""
    wanted = select(TokenRow).where(TokenRow.account_id == account, col(TokenRow.revoked_at).is_(None))
    return [_token(row) for row in db.exec(wanted.order_by(col(TokenRow.id).desc()))]


def count_living(db: Db, account: AccountId, now: datetime) -> int:
    wanted = select(func.count()).where(
        TokenRow.account_id == account, col(TokenRow.revoked_at).is_(None), TokenRow.expires_at > now
    )
    return db.exec(wanted).one()


def revoke(db: Db, number: int, account: AccountId, now: datetime) -> bool:
    """Whether there was such a token of this account, not revoked yet."""
    changed = update(TokenRow).where(
        col(TokenRow.id) == number, col(TokenRow.account_id) == account, col(TokenRow.revoked_at).is_(None)
    )
    return bool(db.exec(changed.values(revoked_at=now)).rowcount)


def note_use(db: Db, number: int, *, address: str, now: datetime) -> None:
    db.exec(update(TokenRow).where(col(TokenRow.id) == number).values(used_at=now, used_from=address))


def _token(row: TokenRow) -> Token:
    assert row.id is not None
    known = {scope.value for scope in Scope}
    return Token(
        number=row.id,
        account=AccountId(row.account_id),
        name=row.name,
        begins=row.begins,
        scopes=frozenset(Scope(each) for each in row.scopes if each in known),
        created_at=row.created_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
        used_from=row.used_from,
        revoked_at=row.revoked_at,
    )
