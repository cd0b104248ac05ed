"""A page and its reader → a mail that says all of it, loads nothing and can be read everywhere."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.fitting import beginning
from digest.model import Attachment, Audience, Kind, Link, LinkKind, Wording
from digest.page import Contact, Page, compile
from digest.rendering import Rendered
from meetinghub.files.kinds import Kind as FileKind
from meetinghub.mail.message import Owed, Sender, wire
from meetinghub.words import all_words
from tests.digest.mails import BASE, GOLDEN, MAILS, everything, files, rendered
from tests.digest.pages import HEAD, MEETING, TASKS, full, item

LOADS = {
    "img",
    "script",
    "link",
    "iframe",
    "object",
    "embed",
    "video",
    "audio",
    "source",
    "form",
    "input",
    "base",
    "svg",
}
ALLOWED_ATTRIBUTES = {
    "align", "aria-label", "bgcolor", "border", "cellpadding", "cellspacing", "charset", "class", "colspan", "content",
    "data-css-inline", "height", "href", "lang", "name", "rel", "role", "start", "style", "valign", "width", "xmlns",
    "xmlns:o",
}  # fmt: skip
EVIL = "\"><script>alert(1)</script><img src=x onerror=alert(2)>' onload='x {{7*7}} &amp; <!--[if mso]>"
BREAK = "甲\r\nBcc: all@example.cn\r\n\r\n乙"


class Read(HTMLParser):
    """What a mail programme finds. ``said``: every piece of text that is shown on a screen."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: list[str] = []
        self.said: list[str] = []
        self._hidden = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        known = dict(attrs)
        self.attributes |= set(known)
        if "href" in known:
            self.addresses.append(known["href"] or "")
        if tag in {"style", "title"} or known.get("class") in {"pre", "paper"}:
            self._hidden = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self._hidden:
            self._hidden = ""

    def handle_data(self, data: str) -> None:
        if not self._hidden and data.strip():
            self.said.append(data.strip().lstrip("■▲ "))


def words_of(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("name", MAILS)
def test_mails_are_as_they_were_last_looked_at(name: str) -> None:
    """``python -m tests.digest.mails`` writes them anew; then look at what changed."""
    for path, content in files(name).items():
        assert content == path.read_text(encoding="utf-8"), path.name


def test_no_golden_file_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(MAILS)


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_loads_nothing_and_every_link_of_it_is_whole(name: str) -> None:
    made = MAILS[name]()
    read = Read(made.html)
    assert not read.tags & LOADS
    assert read.attributes <= ALLOWED_ATTRIBUTES
    assert not re.search(r"url\(|@import|expression\(|javascript:|src=|background=", made.html, re.IGNORECASE)
    assert read.addresses
    assert all(each.startswith("https://") for each in read.addresses)
    assert all(each.startswith(BASE) or "www.example.cn" in each for each in read.addresses)


@pytest.mark.parametrize("name", MAILS)
def test_the_text_says_what_the_html_says(name: str) -> None:
    made = MAILS[name]()
    read, text = Read(made.html), words_of(made.text)
    assert len(read.said) > 8
    assert [each for each in read.said if words_of(each) not in text] == []
    assert [each for each in read.addresses if each not in made.text] == []


@pytest.mark.parametrize("name", MAILS)
def test_layout_is_tables_and_styles_are_on_the_elements(name: str) -> None:
    made = MAILS[name]()
    head = made.html.split("</head>")[0]
    assert re.findall(r'<div class="(\w+)"', made.html).count("pre") == 1
    assert set(re.findall(r'<div class="(\w+)"', made.html)) <= {"pre", "text"}
    assert not re.search(r"display: ?(?:flex|grid)|float:|position:", made.html)
    outside = re.sub(
        r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*\s*\}", "", re.findall(r"<style data.*?>(.*?)</style>", head, re.DOTALL)[0]
    )
    assert not outside.strip(), "a rule that only the head carries"
    assert len(re.findall(r"<style[^>]*>.*?</style>", head, re.DOTALL)[-1]) < 8192
    assert made.html.count("<!--[if mso]>") == made.html.count("<![endif]-->") == 3
    assert made.html.index("charset") < 1024


def size(made: Rendered) -> int:
    """Of the whole message on the wire."""
    owed = Owed(key="notice:1", to="a@example.cn", subject=made.subject, text=made.text, html=made.html)
    return len(
        wire(
            owed,
            Sender("hub@example.cn", "街道办", "x"),
            identifier="<x@example.cn>",
            at=datetime(2026, 11, 23, tzinfo=UTC),
        )
    )


@pytest.mark.parametrize("name", MAILS)
def test_mails_are_small(name: str) -> None:
    assert size(MAILS[name]()) < 100_000


def evil_page() -> Page:
    file = Attachment(1, f"{EVIL}.pdf", FileKind.PDF, 10, "0" * 64)
    one = item(1, Wording(EVIL, EVIL, Kind.ACTION, date(2026, 11, 25), None, (Audience(line=EVIL),)), EVIL, EVIL)
    two = item(2, Wording(EVIL, EVIL, link=Link(LinkKind.WEB, "https://www.example.cn/x")), EVIL)
    head = replace(HEAD, office=EVIL, name=EVIL, contact=Contact(EVIL, EVIL, EVIL))
    return compile(
        [replace(one, attachments=(file,)), two],
        head,
        meetings=[replace(MEETING, title=EVIL, place=EVIL, parts=(replace(MEETING.parts[1], line=EVIL),))],
        tasks=[replace(TASKS[1], text=EVIL, source=EVIL, departments=(EVIL,))],
    )


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_nothing_that_was_typed_becomes_markup(language: str) -> None:
    made = rendered(evil_page(), language)
    read = Read(made.html)
    assert not read.tags & LOADS
    assert read.attributes <= ALLOWED_ATTRIBUTES
    assert made.html.count("<!--[if mso]>") == 3
    assert sum(words_of(EVIL) in words_of(each) for each in read.said) > 10


def test_a_line_break_that_was_typed_is_no_line_of_the_subject() -> None:
    made = rendered(compile([item(1, Wording(BREAK))], replace(HEAD, name=BREAK, office=BREAK)))
    assert made.subject.splitlines() == [made.subject]
    assert "Bcc" in made.subject


def test_equal_pages_are_equal_bytes_in_every_process() -> None:
    here = rendered(everything())
    code = "from tests.digest.mails import *; m = rendered(everything()); print(repr((m.subject, m.text, m.html)))"
    root = Path(__file__).resolve().parents[2]
    for seed in ("1", "2"):
        told = subprocess.run(
            [sys.executable, "-c", code],
            cwd=root,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(root), "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=True,
            text=True,
            encoding="utf-8",
        ).stdout
        assert told == repr((here.subject, here.text, here.html)) + "\n"


def test_what_is_too_long_for_a_mail_goes_on_on_the_web() -> None:
    items = [item(each, Wording(f"第 {each} 条", "很长的一段话。" * 2800)) for each in range(1, 13)]
    made = rendered(compile(items, HEAD))
    assert size(made) < 100_000
    assert made.html.count("全文见网页版") == made.text.count("全文见网页版") == 12
    assert all(f"第 {each} 条" in made.html for each in range(1, 13))


def test_a_flood_of_items_is_cut_and_counted() -> None:
    items = [item(each, Wording(f"第 {each} 条", "", Kind.ACTION, date(2026, 11, 25))) for each in range(1, 201)]
    made = rendered(compile(items, HEAD))
    assert size(made) < 100_000
    assert "还有 180 条，请看网页版" in made.text


def test_more_items_than_a_link_can_name_are_read_by_several() -> None:
    items = [item(each, Wording(f"第 {each} 条")) for each in range(1000, 1130)]
    made = rendered(compile(items, HEAD))
    assert size(made) < 100_000
    assert made.text.count("条已阅：https://") == 3


@given(st.text(alphabet="甲乙。 []()ab\n-", max_size=60), st.integers(0, 40))
def test_the_beginning_of_a_text_is_never_longer_and_stops_at_a_line_or_sentence(text: str, longest: int) -> None:
    text = text.strip()
    found = beginning(text, longest)
    assert len(found) <= longest + 1
    assert text.startswith(found.removesuffix("…"))


def test_a_reader_gets_the_mail_in_their_language_and_anybody_else_in_the_office_s() -> None:
    assert 'lang="en"' in rendered(full(), "en").html
    assert 'lang="zh-CN"' in rendered(full(), "").html
    assert 'lang="zh-CN"' in rendered(full(), "fr").html


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


ON = {
    "mast": "mast",
    "from": "mast",
    "of": "mast",
    "h1": "mast",
    "foot": "foot",
    "foot a": "foot",
    "bp a": "bp",
    "bq a": "bq",
}
"""Rule → on whose ground its text stands; everything else stands on the mail's."""


def palette(css: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)):
        for name in selectors.split(","):
            for key, value in re.findall(r"(?<![-\w])(color|background): (#[0-9a-f]{6})", body):
                found.setdefault(name.strip().lstrip("."), {})[key] = value
    return found


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_stands_out_from_its_ground(dark: bool) -> None:
    folder = Path(__file__).resolve().parents[2] / "digest" / "templates"
    colours = palette((folder / "mail.css").read_text(encoding="utf-8"))
    if dark:
        at = (
            (folder / "head.css")
            .read_text(encoding="utf-8")
            .split("@media (prefers-color-scheme: dark) {")[1]
            .split("@media")[0]
        )
        for name, each in palette(at).items():
            colours.setdefault(name, {}).update(each)
        colours["a"] = colours["bq a"] = colours["mail a"]  # its rule reaches them too
    colours["foot a"] = colours["a"]
    texts = [name for name, each in colours.items() if "color" in each]
    assert len(texts) > 10
    for name in texts:
        ground = colours[ON.get(name, "mail")]["background"]
        assert contrast(colours[name]["color"], ground) >= 4.5, (name, dark)


def test_dark_rules_outdo_what_the_elements_carry() -> None:
    css = (Path(__file__).resolve().parents[2] / "digest" / "templates" / "head.css").read_text(encoding="utf-8")
    dark = css.split("@media (prefers-color-scheme: dark) {")[1].split("@media")[0]
    assert all("!important" in each for each in re.findall(r":([^;{}]*);", dark))


def test_both_languages_say_the_same_things() -> None:
    chinese, english = rendered(everything()), rendered(everything(), "en")
    assert Read(chinese.html).addresses[:-1] == [
        each.replace("?lang=zh-CN", "?lang=en") for each in Read(english.html).addresses[:-1]
    ]
    assert isinstance(english, Rendered)
    assert all_words()["en"].language == "en"
