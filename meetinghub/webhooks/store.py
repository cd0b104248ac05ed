"""All queries about webhooks and deliveries; rows become frozen values here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session as Db
from sqlmodel import and_, col, delete, func, or_, select, update

from meetinghub.ledger.fact import FactKind
from meetinghub.webhooks.model import Delivery, Try, Webhook
from meetinghub.webhooks.states import Health, State
from meetinghub.webhooks.tables import DeliveryRow, WebhookRow


def add(db: Db, webhook: Webhook, *, told: int) -> int:
    """Write a new webhook; its number. ``webhook.number`` is not looked at."""
    row = WebhookRow(
        url=webhook.url,
        kinds=[kind.value for kind in webhook.kinds],
        health=webhook.health.value,
        salt=webhook.salt,
        told=told,
        made_by=webhook.made_by,
        made_at=webhook.made_at,
    )
    db.add(row)
    db.flush()
    assert row.id is not None
    return row.id


def webhooks(db: Db) -> list[Webhook]:
    """In the order in which they were registered."""
    return [_webhook(row) for row in db.exec(select(WebhookRow).order_by(col(WebhookRow.id)))]


def webhook(db: Db, number: int) -> Webhook | None:
    row = db.get(WebhookRow, number, populate_existing=True)
    return _webhook(row) if row else None


def set_health(db: Db, number: int, health: Health, *, told: int | None = None) -> None:
    """``told``: begin to tell after that fact."""
    values: dict[str, Any] = {"health": health.value}
    if told is not None:
        values |= {"told": told, "failing_since": None}
    db.exec(update(WebhookRow).where(col(WebhookRow.id) == number).values(**values))


def remove(db: Db, number: int) -> None:
    db.exec(delete(DeliveryRow).where(col(DeliveryRow.webhook_id) == number))
    db.exec(delete(WebhookRow).where(col(WebhookRow.id) == number))


def behind(db: Db, head: int) -> list[tuple[int, int, tuple[FactKind, ...]]]:
    """Active webhooks that were not told of everything up to ``head``: number, what they were told, what they want.
    Nobody else tells them until this transaction ends."""
    wanted = select(WebhookRow).where(WebhookRow.health == Health.ACTIVE.value, WebhookRow.told < head)
    rows = db.exec(wanted.order_by(col(WebhookRow.id)).with_for_update(skip_locked=True, of=WebhookRow))
    return [(row.id, row.told, _kinds(row)) for row in rows if row.id is not None]


def is_behind(db: Db, head: int) -> bool:
    """Whether :func:`behind` would find any: a look that locks nothing."""
    wanted = select(WebhookRow.id).where(WebhookRow.health == Health.ACTIVE.value, WebhookRow.told < head)
    return db.exec(wanted.limit(1)).first() is not None


def set_told(db: Db, number: int, told: int) -> None:
    db.exec(update(WebhookRow).where(col(WebhookRow.id) == number).values(told=told))


def owe(db: Db, webhook: int, *, fact: int, event: str, body: str, now: datetime) -> None:
    insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {
        "webhook_id": webhook,
        "fact": fact,
        "event": event,
        "body": body,
        "state": State.OWED.value,
        "owed_at": now,
        "due_at": now,
        "claim": "",
        "tries": 0,
        "problem": "",
    }
    db.execute(insert(DeliveryRow).values(**values).on_conflict_do_nothing(index_elements=["webhook_id", "fact"]))


def has_work(db: Db, now: datetime) -> bool:
    """Whether there is anything to claim or to take back: a look that locks nothing."""
    active = WebhookRow.health == Health.ACTIVE.value
    wanted = select(DeliveryRow.id).join(WebhookRow, col(WebhookRow.id) == DeliveryRow.webhook_id)
    return db.exec(wanted.where(or_(and_(_due(now), active), _overdue(now))).limit(1)).first() is not None


def expire(db: Db, now: datetime) -> None:
    """Take back claims of workers that did not come back in time."""
    values = {"state": State.OWED.value, "due_at": now, "claim": "", "lease_until": None}
    db.exec(update(DeliveryRow).where(_overdue(now)).values(**values))


def claim(db: Db, *, token: str, now: datetime, lease_until: datetime, most: int) -> list[Try]:
    """Due deliveries of active webhooks, longest due first, for this worker alone."""
    wanted = (
        select(DeliveryRow, WebhookRow.url, WebhookRow.salt)
        .join(WebhookRow, col(WebhookRow.id) == DeliveryRow.webhook_id)
        .where(_due(now), WebhookRow.health == Health.ACTIVE.value)
        .order_by(col(DeliveryRow.due_at), col(DeliveryRow.id))
        .limit(most)
        .with_for_update(skip_locked=True, of=DeliveryRow)
    )
    found = db.exec(wanted).all()
    for row, _, _ in found:
        row.state, row.claim, row.lease_until = State.CLAIMED.value, token, lease_until
        db.add(row)
    db.flush()
    return [Try(_delivery(row), token, url, salt) for row, url, salt in found]


def finish(db: Db, tried: Try, values: dict[str, Any]) -> bool:
    """Write a try's end; False when the lease ran out before and it is somebody else's."""
    held = update(DeliveryRow).where(
        col(DeliveryRow.id) == tried.delivery.number,
        col(DeliveryRow.state) == State.CLAIMED.value,
        col(DeliveryRow.claim) == tried.token,
    )
    return bool(db.exec(held.values(**values, claim="", lease_until=None)).rowcount)


def note_accepted(db: Db, number: int, now: datetime) -> None:
    changed = update(WebhookRow).where(col(WebhookRow.id) == number)
    db.exec(changed.values(accepted_at=now, failing_since=None))


def note_failing(db: Db, number: int, now: datetime) -> Webhook | None:
    """Since when nothing is accepted, noted with the first failure."""
    first = update(WebhookRow).where(col(WebhookRow.id) == number, col(WebhookRow.failing_since).is_(None))
    db.exec(first.values(failing_since=now))
    return webhook(db, number)


def again(db: Db, webhook: int, number: int, now: datetime) -> bool:
    """Owe a settled delivery once more; False when there is no such one."""
    settled = [State.ACCEPTED.value, State.FAILED.value]
    changed = update(DeliveryRow).where(
        col(DeliveryRow.id) == number, col(DeliveryRow.webhook_id) == webhook, col(DeliveryRow.state).in_(settled)
    )
    return bool(db.exec(changed.values(state=State.OWED.value, due_at=now, tries=0)).rowcount)


def deliveries(db: Db, webhook: int, *, offset: int, limit: int) -> list[Delivery]:
    """Newest first."""
    wanted = select(DeliveryRow).where(DeliveryRow.webhook_id == webhook).order_by(col(DeliveryRow.id).desc())
    return [_delivery(row) for row in db.exec(wanted.offset(offset).limit(limit))]


def counts(db: Db) -> dict[int, dict[State, int]]:
    """Webhook → how many of its deliveries are in each state."""
    wanted = select(DeliveryRow.webhook_id, DeliveryRow.state, func.count())
    found: dict[int, dict[State, int]] = {}
    for number, state, count in db.exec(wanted.group_by(col(DeliveryRow.webhook_id), col(DeliveryRow.state))):
        found.setdefault(number, {})[State(state)] = count
    return found


def sweep(db: Db, *, before: datetime) -> None:
    """Forget settled deliveries that were owed before then."""
    settled = [State.ACCEPTED.value, State.FAILED.value]
    db.exec(delete(DeliveryRow).where(col(DeliveryRow.owed_at) < before, col(DeliveryRow.state).in_(settled)))


def _due(now: datetime) -> ColumnElement[bool]:
    return and_(col(DeliveryRow.state) == State.OWED.value, col(DeliveryRow.due_at) <= now)


def _overdue(now: datetime) -> ColumnElement[bool]:
    return and_(col(DeliveryRow.state) == State.CLAIMED.value, col(DeliveryRow.lease_until) <= now)


def _kinds(row: WebhookRow) -> tuple[FactKind, ...]:
    known: Sequence[FactKind] = tuple(FactKind)
    return tuple(kind for kind in known if kind.value in row.kinds)


def _webhook(row: WebhookRow) -> Webhook:
    assert row.id is not None
    return Webhook(
        number=row.id,
        url=row.url,
        kinds=_kinds(row),
        health=Health(row.health),
        salt=row.salt,
        made_by=row.made_by,
        made_at=row.made_at,
        accepted_at=row.accepted_at,
        failing_since=row.failing_since,
    )


def _delivery(row: DeliveryRow) -> Delivery:
    assert row.id is not None
    return Delivery(
        number=row.id,
        webhook=row.webhook_id,
        fact=row.fact,
        event=row.event,
        body=row.body,
        state=State(row.state),
        owed_at=row.owed_at,
        due_at=row.due_at,
        tries=row.tries,
        tried_at=row.tried_at,
        status=row.status,
        problem=row.problem,
    )
