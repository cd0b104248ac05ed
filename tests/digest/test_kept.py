"""Read-outs that were offered to the notice before there were items are items after the migration, and back."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import text
from sqlmodel import Session as Db

from digest import item_store
from digest.model import Audience, Origin, State
from meetinghub import migrations
from meetinghub.db import Database
from meetinghub.ids import CommitteeId, DepartmentId
from meetinghub.people.model import Role
from tests.meetinghub.agendas import hosted

BEFORE = "0026"
AT = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
_REQUEST = """
INSERT INTO meeting_request (id, state, asked_by, department_id, title, draft, round, created_at, updated_at)
VALUES (5, 'noticed', 'dept-03', 3, '宣读', '{}', 0, :at, :at)
"""
_KEPT = """
INSERT INTO notice_draft (request_id, department_id, title, text, roles, committees, line, kept_by, kept_at)
VALUES (5, 3, '宣读', '第一行', '["director"]', :committees, '民政', 'dept-03', :at)
"""


def test_waiting_read_outs_are_carried_over_and_back(database: Database) -> None:
    database.write_now(hosted.register)
    migrations.downgrade(database.url.render_as_string(hide_password=False), BEFORE)

    def kept(db: Db) -> None:
        at = AT.replace(tzinfo=None) if database.is_sqlite else AT
        db.connection().execute(text(_REQUEST), {"at": at})
        db.connection().execute(text(_KEPT), {"at": at, "committees": "[102, 101]"})

    database.write_now(kept)
    migrations.upgrade(database.url.render_as_string(hide_password=False))
    (found,) = database.read_now(item_store.of_department, DepartmentId(3))
    whom = Audience(frozenset({CommitteeId(101), CommitteeId(102)}), (Role.DIRECTOR,), "民政")
    assert (found.wording.title, found.wording.text, found.wording.audiences) == ("宣读", "第一行", (whom,))
    assert (found.state, found.origin, found.origin_ref) == (State.DRAFT, Origin.REQUEST, 5)
    assert (found.written_by, found.created_at) == ("dept-03", AT)
    migrations.downgrade(database.url.render_as_string(hide_password=False), BEFORE)

    def back(db: Db) -> tuple[object, ...]:
        said = "SELECT request_id, claim_id, title, line FROM notice_draft"
        return tuple(db.connection().execute(text(said)).one())

    assert database.read_now(back) == (5, None, "宣读", "民政")
    migrations.upgrade(database.url.render_as_string(hide_password=False))
