"""The markup of an item's text: whatever is typed or pasted, nothing but ours comes out."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digest.text import Link, Listing, Paragraph, address, as_html, as_plain, cleaned, cleaned_line, parse, printed

ANYTHING = st.text() | st.text(
    alphabet="-*·•\uf0b7lØ 1２2.、)）\t\n\r\u3000\u200b\u00ade\u0301[]()<a>&\"'/:htps.cn@mailo"
)
ADDRESSES = st.from_regex(r"[a-z]{1,6}:[/a-z.@\\:?#<>\"' ]{0,20}", fullmatch=True)
OURS = re.compile(
    r"</?(?:p|ul|ol|li)>|<ol start=\"[0-9]+\">|</a>"
    r"|<a href=\"(?:https?://|mailto:|/)[^\"<>]*\" rel=\"noopener noreferrer\">"
)


@given(ANYTHING)
@example("<script>alert(1)</script>")
@example('[点我](javascript:alert(1)) [x](//evil.cn) [y](https://a.cn/"onclick=")')
@example("https://a.cn/<b>")
def test_no_markup_but_ours_comes_out(text: str) -> None:
    rest = OURS.sub("", as_html(cleaned(text)))
    assert not set(rest) & set('<>"')


@given(ANYTHING)
@example("\ue000\ue000- x")
@example("1.\ue0002")
@example("e\ue000\u0301")
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = cleaned(text)
    assert cleaned(once) == once
    assert all(each == "\n" or unicodedata.category(each) not in {"Cc", "Cf", "Cs", "Co"} for each in once)


@given(ANYTHING)
@example("1. a\n3. b\n4. c\n- d\n\n- e")
@example("[https://a.cn](https://a.cn)b (https://a.cn/x). mailto:a@b.cn, [[x](/tasks)]")
def test_what_is_printed_is_parsed_again(text: str) -> None:
    blocks = parse(cleaned(text))
    assert parse(printed(blocks)) == blocks
    assert printed(blocks) == "\n".join(line for line in cleaned(text).split("\n") if line)


@given(ANYTHING)
def test_a_line_has_no_break_and_no_edge(text: str) -> None:
    line = cleaned_line(text)
    assert "\n" not in line
    assert line == line.strip()
    assert cleaned_line(line) == line


@given(ADDRESSES)
@example("https://user:pw@evil.cn/")
@example("https://a.cn\\@evil.cn")
@example("//evil.cn")
@example("/\\evil.cn")
@example("data:text/html,x")
@example("https://a.cn:0x1/")
@example("https://a.cn:99999/")
def test_links_lead_only_where_links_may(text: str) -> None:
    found = address(text)
    assert found is None or re.match(r"https?://[A-Za-z0-9.-]+(?:[:/?#]|$)|mailto:[^@]+@[^@]+$|/(?![/\\])|/$", found)


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("\uf0b7 入户排查\r\n\uf0a7\t用气安全", "- 入户排查\n- 用气安全"),
        (
            "·      检查灶具\n•检查软管\nØ  检查报警器\nl\t登记\n▪ 回访",
            "- 检查灶具\n- 检查软管\n- 检查报警器\n- 登记\n- 回访",
        ),
        ("1、先查\n２．再报\n3)归档\n（一）说明", "1. 先查\n2. 再报\n3. 归档\n（一）说明"),
        ("　　各居委会：\u00a0请\u00ad于\u200b周五前报。\v\f谢谢", "各居委会： 请于周五前报。\n\n谢谢"),
        ("11.25前报，0.5 万元\n-5℃\n2026.11", "11.25前报，0.5 万元\n-5℃\n2026.11"),
        ("a\x00b\x1bc\u202ed", "abcd"),
        ("一\n\n\n\n二\n   \n", "一\n\n二"),
    ],
)
def test_text_from_word_and_wps_becomes_our_lists_and_spaces(pasted: str, kept: str) -> None:
    assert cleaned(pasted) == kept


def test_numbers_stay_as_they_were_typed() -> None:
    first, text, second = parse("1. 甲\n2. 乙\n说明\n4. 丁")
    assert first == Listing(1, (("甲",), ("乙",)))
    assert text == Paragraph(("说明",))
    assert second == Listing(4, (("丁",),))
    assert as_html("4. 丁") == '<ol start="4"><li>丁</li></ol>'


def test_an_address_ends_before_the_sentence_does() -> None:
    assert parse("见 https://a.cn/x?y=1。再看(https://a.cn/(z)).") == (
        Paragraph(("见 ", Link("", "https://a.cn/x?y=1"), "。再看(", Link("", "https://a.cn/(z)"), ").")),
    )


def test_own_pages_get_the_address_of_the_installation_in_mails() -> None:
    text = "看[会议](/meetings/3)，写信 mailto:a@b.cn\n- 一"
    assert as_html(text, base="https://hub.cn") == (
        '<p>看<a href="https://hub.cn/meetings/3" rel="noopener noreferrer">会议</a>，写信 '
        '<a href="mailto:a@b.cn" rel="noopener noreferrer">a@b.cn</a></p><ul><li>一</li></ul>'
    )
    assert as_plain(text, base="https://hub.cn") == "看会议 <https://hub.cn/meetings/3>，写信 a@b.cn\n\n· 一"
