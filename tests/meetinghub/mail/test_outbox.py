"""Owing mails, on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from meetinghub.db import Database
from meetinghub.mail.message import Owed
from meetinghub.mail.outbox import NO_ADDRESS, claim, owe
from meetinghub.mail.tables import MailRow

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
MAIL = Owed(key="announcement:7:12", to="chen@example.cn", subject="会议预告", text="周四 14:00")


def rows(database: Database) -> list[MailRow]:
    return database.read_now(lambda db: list(db.exec(select(MailRow).order_by("id"))))


def test_owing_twice_is_owing_once_and_the_first_text_counts(database: Database) -> None:
    assert database.write_now(owe, MAIL, now=NOW)
    assert not database.write_now(owe, replace(MAIL, text="改了"), now=NOW + timedelta(hours=1))
    (row,) = rows(database)
    assert (row.state, row.text, row.kind, row.owed_at) == ("owed", "周四 14:00", "announcement", NOW)


def test_a_mail_is_owed_only_if_what_it_is_about_is_written(database: Database) -> None:
    def fail(db: object) -> None:
        owe(db, MAIL, now=NOW)  # type: ignore[arg-type]
        raise RuntimeError

    with pytest.raises(RuntimeError):
        database.write_now(fail)
    assert rows(database) == []


@pytest.mark.parametrize(
    "address",
    ["", "chen", "chen@", "@example.cn", "chen@example.cn\r\nBcc: x@y", "a b@example.cn", "chen@exa mple", "陈@例.cn"],
)
def test_a_bad_address_fails_alone(database: Database, address: str) -> None:
    database.write_now(owe, replace(MAIL, to=address), now=NOW)
    database.write_now(owe, replace(MAIL, key="announcement:7:13"), now=NOW)
    bad, good = rows(database)
    assert (bad.state, bad.problem, bad.due_at, good.state) == ("failed", NO_ADDRESS, None, "owed")


def test_a_mail_for_later_is_due_later(database: Database) -> None:
    later = NOW + timedelta(days=2)
    database.write_now(owe, replace(MAIL, not_before=later), now=NOW)
    assert rows(database)[0].due_at == later


def test_text_that_no_engine_would_keep_is_made_storable(database: Database) -> None:
    database.write_now(owe, replace(MAIL, text="a\x00b", subject="x\r\nBcc: y@z", to_name="陈\x00书记" * 40), now=NOW)
    (row,) = rows(database)
    assert (row.text, row.subject) == ("ab", "x Bcc: y@z")
    assert len(row.recipient_name) == 80


@pytest.mark.parametrize("key", ["", "announcement", ":7", f"announcement:{'7' * 200}"])
def test_a_key_names_a_kind_and_a_thing(database: Database, key: str) -> None:
    with pytest.raises(ValueError, match="key"):
        database.write_now(owe, replace(MAIL, key=key), now=NOW)


def test_a_calendar_needs_a_method(database: Database) -> None:
    with pytest.raises(ValueError, match="METHOD"):
        database.write_now(owe, replace(MAIL, calendar="BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"), now=NOW)


def test_a_mail_is_sent_under_the_list_that_it_was_owed_for(database: Database) -> None:
    database.write_now(owe, replace(MAIL, list_id="notice"), now=NOW)
    assert rows(database)[0].list_id == "notice"
    tried = database.write_now(claim, by="a worker", now=NOW, lease=timedelta(minutes=5))
    assert tried is not None
    assert tried.mail.list_id == "notice"


@pytest.mark.parametrize("label", ["Notice", "a b", "notice>\r\nBcc: x@y", "-"])
def test_a_list_has_a_label(database: Database, label: str) -> None:
    with pytest.raises(ValueError, match="label"):
        database.write_now(owe, replace(MAIL, list_id=label), now=NOW)
