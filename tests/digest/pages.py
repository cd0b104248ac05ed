"""Pages as the tests of the notice need them; all names are invented."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from digest.model import Attachment, Audience, IssueKind, Item, Kind, Link, LinkKind, Week, Wording
from digest.page import (
    Contact,
    Corrected,
    Earlier,
    Head,
    Light,
    LightKind,
    OpenTask,
    OwnMeeting,
    OwnPart,
    Page,
    TaskKind,
    compile,
)
from meetinghub.files.kinds import Kind as FileKind
from meetinghub.ids import CommitteeId, IssueId, NoticeId
from meetinghub.meetings.model import Mode
from meetinghub.people.model import Role

OURS = CommitteeId(7)
MONDAY = date(2026, 11, 23)
HEAD = Head(
    office="清河湾街道",
    issue=IssueId(4),
    committee=OURS,
    name="望春苑居委会",
    seat=7,
    week=Week(2026, 48),
    part=0,
    kind=IssueKind.REGULAR,
    day=MONDAY,
    frozen_at=datetime(2026, 11, 22, 8, 12, tzinfo=UTC),
    contact=Contact("自治办", "陆文清", "021-5550 0110"),
)


def item(number: int, wording: Wording, *departments: str, corrects: int | None = None, files: int = 0) -> Item:
    attached = tuple(
        Attachment(each, f"名单（{each}）.pdf", FileKind.PDF, 350_000, f"{each:064x}") for each in range(1, files + 1)
    )
    named = departments or ("民政科",)
    return Item(number, IssueId(4), NoticeId(number), number, wording, named, attached, corrects)


def action(number: int, title: str, due: date, at: time | None = None, text: str = "", *departments: str) -> Item:
    return item(number, Wording(title, text, Kind.ACTION, due, at), *departments)


ITEMS = (
    action(3, "老旧小区消防通道自查", date(2026, 11, 30), None, "拍 2 张照片。", "平安办"),
    item(
        1,
        Wording(
            "报高龄津贴未复核名单",
            "对照名单核对，在台账里勾选就行。\n\n- 先核对\n- 再勾选",
            Kind.ACTION,
            date(2026, 11, 25),
            time(17, 0),
            (Audience(roles=(Role.LINE_WORKER,), line="民政"),),
            Link(LinkKind.PAGE, "/tasks"),
        ),
        files=1,
    ),
    action(2, "入户排查独居老人用气安全", date(2026, 11, 27), None, "一次入户同时看。", "平安办", "民政科"),
    item(4, Wording("冬季流感疫苗接种点与时间", "60 岁以上居民可直接去。"), "公共卫生办"),
    item(5, Wording("只给别人的", audiences=(Audience(frozenset({CommitteeId(8)})),)), "公共卫生办"),
)
MEETING = OwnMeeting(
    meeting=12,
    title="书记主任月度工作例会",
    place="街道三楼会议室",
    starts_at=datetime(2026, 11, 26, 5, 30, tzinfo=UTC),
    ends_at=datetime(2026, 11, 26, 6, 50, tzinfo=UTC),
    mode=Mode.VIDEO,
    parts=(
        OwnPart("secretary", "", datetime(2026, 11, 26, 5, 30, tzinfo=UTC), datetime(2026, 11, 26, 6, 0, tzinfo=UTC)),
        OwnPart(
            "line_worker", "民政", datetime(2026, 11, 26, 6, 0, tzinfo=UTC), datetime(2026, 11, 26, 6, 25, tzinfo=UTC)
        ),
    ),
    departments=3,
)
TASKS = (
    OpenTask(TaskKind.NOTICE, 901, "冬季用电安全排查", date(2026, 11, 20), "", date(2026, 11, 16), ("平安办",)),
    OpenTask(
        TaskKind.MINUTES,
        31,
        "核对送温暖名单",
        date(2026, 12, 4),
        "书记主任月度工作例会",
        date(2026, 11, 12),
        ("民政科",),
        meeting=9,
    ),
)
LIGHTS = (
    Light(LightKind.OVERDUE, 1, "冬季用电安全排查", date(2026, 11, 20), "/tasks"),
    Light(LightKind.MINUTES_UNREAD, 2, "十月例会", date(2026, 11, 10), "/tasks"),
)
UNREAD = (
    Earlier(901, 47, "冬季用电安全排查", date(2026, 11, 16), Kind.ACTION),
    Earlier(902, 47, "冬季用电安全提示", date(2026, 11, 16), Kind.INFORMATION),
)
CORRECTED = {77: Corrected(77, 47, "冬季用电安全提示")}


def full() -> Page:
    return compile(ITEMS, HEAD, meetings=(MEETING,), tasks=TASKS, lights=LIGHTS, unread=UNREAD)
