"""A letter says the same in text and in HTML, loads nothing, and lets nobody's words become markup."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from meetinghub.mail.letter import Block, Facts, Letter, Listed, Quoted, Said, Way, of_lines

TAGS = frozenset(re.findall(r"\w+", "html head meta style title body table tr td h1 h2 p a ul li blockquote br"))
words = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20)
blocks: st.SearchStrategy[Block] = st.one_of(
    st.builds(Said, words, st.booleans()),
    st.builds(Quoted, words),
    st.builds(Facts, st.lists(st.tuples(words, words), max_size=3).map(tuple)),
    st.builds(Listed, words, st.lists(words, max_size=3).map(tuple)),
    st.builds(Way, words, words),
)


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.said: list[str] = []
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.loaded += [name for name, _ in attrs if name in {"src", "background", "onclick", "onload", "srcset"}]

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def plain(text: str) -> str:
    return re.sub(r"\s+", "", unescape(text))


@given(st.lists(blocks, max_size=5).map(tuple), words, words)
def test_everything_is_said_in_both_and_nothing_becomes_markup(found: tuple[Block, ...], title: str, foot: str) -> None:
    letter = Letter("zh-CN", "街道", title, found, foot)
    reader = Reader()
    reader.feed(letter.html())
    assert reader.tags <= TAGS
    assert reader.loaded == []
    said, text = plain("".join(reader.said)), plain(letter.text())
    for block in found:
        match block:
            case Said(one) | Quoted(one):
                assert plain(one) in said
            case Facts(rows):
                assert all(plain(value) in said and plain(value) in text for _, value in rows)
            case Listed(heading, items):
                assert all(plain(one) in said and plain(one) in text for one in (heading, *items))
            case Way(_, address):
                assert plain(address) in text
    assert plain(foot) in said


def test_a_line_that_is_nothing_but_an_address_becomes_a_link() -> None:
    letter = of_lines(["看 https://x.example/1 这里", "https://x.example/2"], title="x", language="zh-CN")
    assert letter.text() == "看 https://x.example/1 这里\n\nhttps://x.example/2"
    assert letter.html().count("<a ") == 1


def test_somebody_else_s_words_are_set_off() -> None:
    letter = Letter("en", "", "x", (Quoted("one\ntwo"), Facts((("When", "now"),))), colon=": ")
    assert letter.text() == "> one\n> two\n\nWhen: now"
    assert "one<br>two" in letter.html()
