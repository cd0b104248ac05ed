"""What goes over the wire."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event, vCalAddress

from meetinghub.addresses import is_address
from meetinghub.mail.message import Owed, Sender, message_id, method, sender, wire

AT = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
HUB = Sender("hub@street.example", "彭浦街道", "a secret of at least thirty-two letters")
MAIL = Owed(
    key="invitation:7:12:0",
    to="chen@committee.example",
    to_name="陈静",
    subject="会议邀请:十一月书记、主任例会",
    text="11月26日 14:00\n您的部分 14:00-14:25\n",
    html="<p>11月26日 <b>14:00</b></p>",
)


def invitation() -> str:
    calendar = Calendar()
    calendar.add("prodid", "-//MeetingHub//zh")
    calendar.add("version", "2.0")
    calendar.add("method", "REQUEST")
    event = Event()
    event.add("uid", "meeting-7@street.example")
    event.add("summary", "十一月书记、主任例会")
    event.add("dtstart", AT)
    event.add("dtstamp", AT)
    event.add("organizer", vCalAddress("mailto:hub@street.example"))
    calendar.add_component(event)
    return str(calendar.to_ical(), "utf-8")


def sent(mail: Owed) -> EmailMessage:
    whole = wire(mail, HUB, identifier=message_id(mail.key, HUB), at=AT)
    message = message_from_bytes(whole, policy=default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def tree(part: EmailMessage) -> object:
    if not part.is_multipart():
        return part.get_content_type()
    return part.get_content_type(), [tree(each) for each in part.iter_parts()]  # type: ignore[arg-type]


def test_headers_say_who_when_and_that_a_machine_wrote() -> None:
    message = sent(MAIL)
    assert message["From"] == "彭浦街道 <hub@street.example>"
    assert message["To"] == "陈静 <chen@committee.example>"
    assert message["Subject"] == MAIL.subject
    assert message["Date"].datetime == AT
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == message_id(MAIL.key, HUB)
    assert "Cc" not in message
    assert "Bcc" not in message


def test_a_mail_of_a_list_names_it_in_our_domain() -> None:
    assert sent(replace(MAIL, list_id="notice"))["List-Id"] == "<notice.street.example>"
    assert "List-Id" not in sent(MAIL)


def test_text_comes_before_html_and_both_read_back() -> None:
    message = sent(MAIL)
    assert tree(message) == ("multipart/alternative", ["text/plain", "text/html"])
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content() == MAIL.text.replace("\n", "\r\n")  # RFC 2045, 6.8: line ends of text are CRLF
    assert html.get_content().strip() == MAIL.html


def test_a_mail_without_html_is_text_alone() -> None:
    assert tree(sent(replace(MAIL, html=""))) == "text/plain"


@pytest.mark.parametrize("html", ["", "<p>x</p>"])
def test_an_invitation_is_an_alternative_and_an_attachment_with_its_method_in_both(html: str) -> None:
    message = sent(replace(MAIL, html=html, calendar=invitation()))
    parts = [part for part in message.walk() if not part.is_multipart()]
    kinds = [part.get_content_type() for part in parts]
    assert kinds == ["text/plain", *(["text/html"] if html else []), "text/calendar", "application/ics"]
    shown, attached = parts[-2:]
    assert shown.get_param("method") == attached.get_param("method") == "REQUEST"
    assert shown.get_content_charset() == "utf-8"
    assert attached.get_filename() == "invite.ics"
    assert attached.get_content_disposition() == "attachment"
    for part in (shown, attached):
        body = part.get_payload(decode=True)
        assert isinstance(body, bytes)
        (event,) = Calendar.from_ical(body).walk("VEVENT")
        assert str(event["summary"]) == "十一月书记、主任例会"
        assert str(Calendar.from_ical(body)["method"]) == "REQUEST"
    whole = attached.get_payload(decode=True)
    assert isinstance(whole, bytes)
    assert whole.decode() == invitation()


def test_the_same_mail_is_the_same_bytes() -> None:
    mail = replace(MAIL, calendar=invitation())
    identifier = message_id(mail.key, HUB)
    assert wire(mail, HUB, identifier=identifier, at=AT) == wire(mail, HUB, identifier=identifier, at=AT)


def test_message_ids_follow_from_the_key_and_the_installation() -> None:
    assert message_id("a:1", HUB) == message_id("a:1", HUB)
    assert message_id("a:1", HUB) != message_id("a:2", HUB)
    assert message_id("a:1", HUB) != message_id("a:1", replace(HUB, secret="another secret of many letters"))
    assert message_id("a:1", HUB).endswith("@street.example>")


@given(st.text(), st.text(), st.text(max_size=2000))
def test_nothing_that_people_type_becomes_a_header_of_its_own(subject: str, name: str, text: str) -> None:
    whole = wire(replace(MAIL, subject=subject, to_name=name, text=text), HUB, identifier="<x@y>", at=AT)
    head = whole.partition(b"\r\n\r\n")[0]
    names = [line.partition(b":")[0].lower() for line in head.split(b"\r\n") if not line.startswith((b" ", b"\t"))]
    wanted = [b"from", b"to", b"subject", b"date", b"message-id", b"auto-submitted", b"mime-version", b"content-type"]
    assert sorted(names) == sorted(wanted)
    assert all(len(line) <= 998 for line in whole.split(b"\r\n"))
    assert whole.isascii()
    assert b"\n" not in whole.replace(b"\r\n", b"")


@pytest.mark.parametrize("line", ["x\r\nBcc: everybody@example.cn", "x\nBcc: y@z", "x\u2028Bcc: y@z", "x\x85Bcc: y@z"])
def test_a_line_break_in_a_subject_is_a_space(line: str) -> None:
    message = sent(replace(MAIL, subject=line, to_name=line))
    assert "Bcc" not in message
    assert message["Subject"].startswith("x Bcc")


@pytest.mark.parametrize("mail_from", ["", "hub", "Hub <hub>", "a@b\r\nBcc: c@d"])
def test_a_sender_is_an_address(mail_from: str) -> None:
    with pytest.raises(ValueError, match="address"):
        sender(mail_from, "secret")


def test_a_sender_may_have_a_name() -> None:
    assert sender("街道办 <hub@example.cn>", "s") == Sender("hub@example.cn", "街道办", "s")
    assert sender("hub@example.cn", "s").domain == "example.cn"


@pytest.mark.parametrize("address", ["a@b", "a.b+c@mail.example.cn", f"{'a' * 64}@example.cn"])
def test_plain_addresses_are_addresses(address: str) -> None:
    assert is_address(address)


@pytest.mark.parametrize(
    "address", ["a..b@c", ".a@b", "a@b..c", "a@-b", "a@b-", '"a b"@c', "a@b>", "<a@b>", f"{'a' * 65}@b", "a@b\n"]
)
def test_anything_else_is_none(address: str) -> None:
    assert not is_address(address)


def test_the_method_of_a_calendar_is_its_own_line() -> None:
    assert method(invitation()) == "REQUEST"
    with pytest.raises(ValueError, match="METHOD"):
        method("BEGIN:VCALENDAR\r\nSUMMARY:METHOD:REQUEST\r\nEND:VCALENDAR")
