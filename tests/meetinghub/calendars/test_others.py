"""What other people's programmes make of our calendars: four parsers, a CalDAV server and a calendar on the command
line. Each is a project of its own and knows nothing of ours."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest
from icalendar import Calendar

from meetinghub.calendars import itip
from meetinghub.calendars.feed import feed
from meetinghub.calendars.itip import Answer, Method
from meetinghub.clock import SHANGHAI
from tests.meetinghub.calendars.test_feed import THURSDAY, example
from tests.meetinghub.calendars.test_itip import UID, invitee

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning")
END = THURSDAY + timedelta(minutes=90)
LONG = "书记主任月度工作例会：冬季送温暖、垃圾分类、老旧小区加装电梯、人口普查，四项工作合并为一次会" * 3


def published() -> str:
    return feed("清河湾街道 · 望春苑居委会", [example(), replace(example(8), summary=LONG), example(9, cancelled=True)])


def letter(method: Method = Method.REQUEST, *, sequence: int = 0, start: int = 0) -> str:
    """``start`` in days after the usual one."""
    moved = timedelta(days=start)
    entry = replace(
        example(cancelled=method is Method.CANCEL), sequence=sequence, starts_at=THURSDAY + moved, ends_at=END + moved
    )
    return itip.written(
        method,
        entry,
        replace(invitee(), name="陈明，书记"),
        answer=Answer.NONE,
        organizer="hub@street.example",
        organizer_name="清河湾街道",
    )


def test_vobject_reads_and_approves() -> None:
    import vobject

    for text in (published(), letter(), letter(Method.CANCEL, sequence=1)):
        whole: Any = vobject.readOne(text)
        assert whole.validate(raiseException=True)
        first = whole.vevent_list[0]
        assert (first.dtstart.value, first.dtend.value) == (THURSDAY, END)
        assert first.summary.value == "书记主任月度工作例会"
        assert "14:00–14:25 冬季送温暖；对象核对，名单（民政科）" in first.description.value
    (event,) = vobject.readOne(letter()).vevent_list
    assert event.attendee.value == "mailto:chen@qinghewan.example"
    assert event.attendee.params["CN"] == ["陈明，书记"]
    assert event.organizer.value == "mailto:hub@street.example"


def test_ics_reads_the_same_times_and_words() -> None:
    import ics

    found = {each.uid: each for each in ics.Calendar(published()).events}
    assert len(found) == 3
    first = found[UID]
    assert (first.begin.datetime, first.end.datetime) == (THURSDAY, END)
    assert found["meeting-8@hub.example"].name == LONG
    assert found["meeting-9@hub.example"].status == "CANCELLED"
    (event,) = ics.Calendar(letter()).events
    (guest,) = event.attendees
    assert guest.email == "chen@qinghewan.example"
    assert event.organizer.email == "hub@street.example"


def test_recurring_ical_events_finds_each_on_its_day_and_no_other() -> None:
    import recurring_ical_events

    whole = recurring_ical_events.of(Calendar.from_ical(published()))
    day = THURSDAY.astimezone(SHANGHAI).date()
    assert len(whole.at(day)) == 3
    assert [len(whole.at(day + timedelta(days=away))) for away in (-1, 1)] == [0, 0]
    assert {each["DTSTART"].dt for each in whole.at(day)} == {THURSDAY}


def test_khal_imports_and_lists_them(tmp_path: Path) -> None:
    calendar, settings = tmp_path / "calendar", tmp_path / "khal.conf"
    calendar.mkdir()
    settings.write_text(
        f"[calendars]\n[[street]]\npath = {calendar}\n[locale]\nlocal_timezone = Asia/Shanghai\n"
        "default_timezone = Asia/Shanghai\ntimeformat = %H:%M\ndateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\n"
        "datetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M\n"
        f"[sqlite]\npath = {tmp_path / 'khal.db'}\n[default]\ndefault_calendar = street\n",
        encoding="utf-8",
    )
    (tmp_path / "feed.ics").write_text(published(), encoding="utf-8", newline="")
    (tmp_path / "moved.ics").write_text(letter(sequence=1, start=1), encoding="utf-8", newline="")

    def khal(*said: str) -> str:
        environ = {**os.environ, "HOME": str(tmp_path), "LC_ALL": "C.UTF-8", "COLUMNS": "400"}
        command = [sys.executable, "-W", "ignore", "-m", "khal", "-c", str(settings), *said]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    khal("import", "--batch", str(tmp_path / "feed.ics"))
    listed = khal("list", "--day-format", "{date}", "--format", "{start-time}-{end-time} {title}", "2026-11-26", "1d")
    assert "13:30-15:00 书记主任月度工作例会" in listed
    assert LONG in listed
    khal("import", "--batch", str(tmp_path / "moved.ics"))
    listed = khal("list", "--format", "{start-time} {title} {uid}", "2026-11-27", "1d")
    assert UID in listed  # the same event, moved by its UID
    assert UID not in khal("list", "--format", "{uid}", "2026-11-26", "1d")


@contextmanager
def radicale(folder: Path) -> Iterator[str]:
    """A CalDAV server on loopback; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    said = [
        *("--config", "", "--server-hosts", f"127.0.0.1:{port}"),
        *("--storage-filesystem-folder", str(folder), "--auth-type", "none", "--rights-type", "authenticated"),
    ]
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "radicale", *said], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        _await(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=30)


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None, (process.stderr.read() if process.stderr else b"").decode()
        time.sleep(0.1)
    raise AssertionError("radicale does not listen")


def _ask(method: str, address: str, body: str = "", kind: str = "text/calendar; charset=utf-8") -> tuple[int, str]:
    credentials = "Basic Y2hlbjp4"  # chen:x
    headers = {"Content-Type": kind, "Authorization": credentials, "Depth": "1"}
    try:
        with urlopen(Request(address, body.encode() or None, headers, method=method), timeout=60) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()
    except URLError as error:
        raise AssertionError(str(error)) from error


def test_radicale_keeps_an_invitation_its_change_and_its_end(tmp_path: Path) -> None:
    with radicale(tmp_path) as address:
        assert _ask("MKCALENDAR", f"{address}/chen/meetings/")[0] == 201
        place = f"{address}/chen/meetings/{UID}.ics"
        for sequence, (method, day) in enumerate([(Method.REQUEST, 0), (Method.REQUEST, 1), (Method.CANCEL, 1)]):
            # a server keeps objects without METHOD (RFC 4791, 4.1): that is what a client does with an invitation
            kept = letter(method, sequence=sequence, start=day).replace(f"METHOD:{method}\r\n", "")
            status, said = _ask("PUT", place, kept)
            assert status in {201, 204}, said
            status, text = _ask("GET", place)
            assert status == 200
            (event,) = Calendar.from_ical(text).walk("VEVENT")
            assert event.decoded("dtstart") == THURSDAY + timedelta(days=day)
            assert event.decoded("sequence") == sequence
            assert str(event["status"]) == ("CANCELLED" if method is Method.CANCEL else "CONFIRMED")
        assert _found(address, date(2026, 11, 27)) == [UID]
        assert _found(address, date(2026, 11, 26)) == []


def test_radicale_takes_a_feed_as_a_whole_calendar(tmp_path: Path) -> None:
    with radicale(tmp_path) as address:
        status, said = _ask("PUT", f"{address}/chen/street/", published())
        assert status == 201, said
        _, text = _ask("GET", f"{address}/chen/street/")
        assert {str(each["uid"]) for each in Calendar.from_ical(text).walk("VEVENT")} == {
            f"meeting-{number}@hub.example" for number in (7, 8, 9)
        }


def _found(address: str, day: date) -> list[str]:
    """UIDs that the server finds on a day, by its own reading of times and zone (RFC 4791, 7.8)."""
    span = f'start="{day:%Y%m%d}T000000Z" end="{day:%Y%m%d}T235959Z"'
    query = (
        '<?xml version="1.0"?><C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop>'
        '<C:calendar-data/></D:prop><C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">'
        f"<C:time-range {span}/></C:comp-filter></C:comp-filter></C:filter></C:calendar-query>"
    )
    status, text = _ask("REPORT", f"{address}/chen/meetings/", query, "application/xml; charset=utf-8")
    assert status == 207, text
    return re.findall(r"UID:(\S+)", text)
