"""Read-outs that wait for the weekly notice are drafts of items."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

KEPT = sa.table(
    "notice_draft",
    sa.column("id", sa.Integer()),
    sa.column("request_id", sa.Integer()),
    sa.column("claim_id", sa.Integer()),
    sa.column("department_id", sa.Integer()),
    sa.column("title", sa.String()),
    sa.column("text", sa.Text()),
    sa.column("roles", sa.JSON()),
    sa.column("committees", sa.JSON(none_as_null=True)),
    sa.column("line", sa.String()),
    sa.column("kept_by", sa.String()),
    sa.column("kept_at", UTCDateTime()),
)
NOTICE = sa.table(
    "notice",
    sa.column("department_id", sa.Integer()),
    sa.column("state", sa.String()),
    sa.column("origin", sa.String()),
    sa.column("origin_ref", sa.Integer()),
    sa.column("title", sa.String()),
    sa.column("text", sa.Text()),
    sa.column("kind", sa.String()),
    sa.column("due_at", sa.String()),
    sa.column("audiences", sa.JSON()),
    sa.column("link_kind", sa.String()),
    sa.column("link_target", sa.String()),
    sa.column("revision", sa.Integer()),
    sa.column("position", sa.Integer()),
    sa.column("reason", sa.String()),
    sa.column("written_by", sa.String()),
    sa.column("created_at", UTCDateTime()),
    sa.column("updated_by", sa.String()),
    sa.column("updated_at", UTCDateTime()),
)
ORIGINS = ("request", "claim")


def upgrade() -> None:
    bind = op.get_bind()
    kept = bind.execute(sa.select(KEPT).order_by(KEPT.c.id)).mappings().all()
    if kept:
        bind.execute(sa.insert(NOTICE), [_item(dict(each)) for each in kept])
    bind.execute(sa.delete(KEPT))


def downgrade() -> None:
    bind = op.get_bind()
    mine = sa.and_(NOTICE.c.state == "draft", NOTICE.c.origin.in_(ORIGINS))
    drafts = bind.execute(sa.select(NOTICE).where(mine)).mappings().all()
    if drafts:
        bind.execute(sa.insert(KEPT), [_kept(dict(each)) for each in drafts])
    bind.execute(sa.delete(NOTICE).where(mine))


def _item(kept: dict[str, Any]) -> dict[str, Any]:
    whom = {"committees": kept["committees"], "roles": kept["roles"], "line": kept["line"]}
    of_request = kept["request_id"] is not None
    return {
        "department_id": kept["department_id"],
        "state": "draft",
        "origin": "request" if of_request else "claim",
        "origin_ref": kept["request_id"] if of_request else kept["claim_id"],
        "title": kept["title"],
        "text": kept["text"],
        "kind": "information",
        "due_at": "",
        "audiences": [whom],
        "link_kind": "",
        "link_target": "",
        "revision": 1,
        "position": 0,
        "reason": "",
        "written_by": kept["kept_by"],
        "created_at": kept["kept_at"],
        "updated_by": kept["kept_by"],
        "updated_at": kept["kept_at"],
    }


def _kept(item: dict[str, Any]) -> dict[str, Any]:
    whom = item["audiences"][0]
    of_request = item["origin"] == "request"
    return {
        "request_id": item["origin_ref"] if of_request else None,
        "claim_id": None if of_request else item["origin_ref"],
        "department_id": item["department_id"],
        "title": item["title"],
        "text": item["text"],
        "roles": whom["roles"],
        "committees": whom["committees"],
        "line": whom["line"],
        "kept_by": item["written_by"],
        "kept_at": item["created_at"],
    }
