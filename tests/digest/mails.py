"""Mails as the tests of the notice compare them: run as a programme, it writes the golden files anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from pathlib import Path

from digest.links import SignedLinks
from digest.model import Audience, IssueKind, Kind, Link, LinkKind, Wording
from digest.page import Page, compile
from digest.recipients import Recipient
from digest.rendering import Rendered, Renderer
from meetinghub.mail.links import Links
from meetinghub.people.model import Role
from meetinghub.words import all_words
from tests.digest.pages import CORRECTED, HEAD, ITEMS, LIGHTS, MEETING, TASKS, UNREAD, full, item

GOLDEN = Path(__file__).parent / "golden"
BASE = "https://hub.example.cn"
ADDRESS = "seat07@example.cn"
SUPPLEMENT = replace(HEAD, kind=IssueKind.SUPPLEMENT, part=1, day=date(2026, 11, 25))
CORRECTION = replace(HEAD, kind=IssueKind.CORRECTION, part=2, day=date(2026, 11, 26))


def rendered(page: Page, language: str = "zh-CN") -> Rendered:
    links = SignedLinks(Links("a secret of these tests only"), BASE, page.head, ADDRESS)
    reader = Recipient(ADDRESS, "望春苑居委会", page.head.committee, language)
    return Renderer(all_words()).render(page, reader, links)


def empty() -> Page:
    return compile(ITEMS[-1:], HEAD)


def quiet() -> Page:
    """No item, but a meeting."""
    return compile(ITEMS[-1:], HEAD, meetings=(MEETING,))


def supplement() -> Page:
    return compile(ITEMS[:2], SUPPLEMENT, meetings=(MEETING,), tasks=TASKS)


def correction() -> Page:
    return compile(
        [item(6, Wording("用电安全提示（更正）", "日期应为 12 月 1 日。"), corrects=77)],
        CORRECTION,
        corrected=CORRECTED,
    )


def everything() -> Page:
    """Each thing that a page can hold, several times."""
    both = (Audience(roles=(Role.SECRETARY, Role.DIRECTOR)), Audience(roles=(Role.LINE_WORKER,), line="平安"))
    more = (
        item(
            11,
            Wording(
                "燃气安全宣传周",
                "第一段，见 [办事指南](https://www.example.cn/guide) 和 /tasks。\n"
                "1. 发通知\n2. 贴海报\n- 有困难的来电\n请看 https://www.example.cn/a?b=1&c=2。",
                Kind.ACTION,
                date(2026, 11, 25),
                time(9, 0),
                both,
                Link(LinkKind.MEETING, "12"),
            ),
            "平安办",
            "城建中心",
            files=2,
        ),
        item(
            12, Wording("新版居民手册", "随时可领。", link=Link(LinkKind.WEB, "https://www.example.cn/book")), files=1
        ),
        item(13, Wording("门牌更正", "", Kind.ACTION, date(2026, 11, 23)), corrects=77),
    )
    there = replace(MEETING, meeting=13, title="安全生产会", parts=(), departments=1)
    unread = (*UNREAD, replace(UNREAD[1], item=903, kind=Kind.ACTION, title="报送名单"))
    return compile(
        (*ITEMS, *more),
        HEAD,
        meetings=(there, MEETING),
        tasks=(*TASKS, replace(TASKS[1], task=32, due_on=None)),
        lights=LIGHTS,
        unread=unread,
        corrected=CORRECTED,
    )


MAILS: dict[str, Callable[[], Rendered]] = {
    "full-zh": lambda: rendered(full()),
    "full-en": lambda: rendered(full(), "en"),
    "empty-zh": lambda: rendered(empty()),
    "empty-en": lambda: rendered(empty(), "en"),
    "quiet-zh": lambda: rendered(quiet()),
    "supplement-zh": lambda: rendered(supplement()),
    "correction-zh": lambda: rendered(correction()),
    "correction-en": lambda: rendered(correction(), "en"),
    "everything-zh": lambda: rendered(everything()),
    "everything-en": lambda: rendered(everything(), "en"),
}


def files(name: str) -> dict[Path, str]:
    made = MAILS[name]()
    return {GOLDEN / f"{name}.txt": f"{made.subject}\n\n{made.text}", GOLDEN / f"{name}.html": f"{made.html}\n"}


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for mail in MAILS:
        for path, content in files(mail).items():
            path.write_text(content, encoding="utf-8")
