"""A meeting of 33 sites and four agenda items, and a hand that writes its facts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from meetinghub.ids import SEATS, site_identity
from meetinghub.ledger import payloads as p
from meetinghub.ledger.fact import Fact, Payload
from meetinghub.meetings.fold import apply
from meetinghub.meetings.live import LiveState, before_the_start
from meetinghub.meetings.model import Audience, Meeting, Segment, Site

NOON = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)  # 14:00 in Shanghai
SITES = tuple(site_identity(seat) for seat in range(1, SEATS + 1))


def meeting() -> Meeting:
    return Meeting(
        id=1,
        title="书记主任月度工作例会",
        host="自治办",
        place="302 会议室",
        phone="199 0000 0100",
        starts_at=NOON,
        chair="chair",
        audience=Audience(("secretary", "director")),
        sites=tuple(
            Site(each, seat, f"居委会{seat}", seat, "韩知远", "199 0000 0101") for seat, each in enumerate(SITES, 1)
        ),
        segments=(
            Segment(11, "自治办", "居民自治项目申报", "陆文清", 25),
            Segment(12, "民政科", "冬季送温暖对象核对", "沈若琳", 10, SITES[:5]),
            Segment(13, "平安办", "冬季消防检查", "方可为", 15),
            Segment(14, "主会场", "提问与小结", "周启明", 10),
        ),
    )


class Course:
    """One meeting under way: writes facts one by one, keeps the state they lead to and the time."""

    def __init__(self) -> None:
        self.meeting = meeting()
        self.first = before_the_start(self.meeting)
        self.state: LiveState = self.first
        self.facts: list[Fact] = []
        self.now = NOON

    def write(self, *payloads: Payload, actor: str = "chair") -> LiveState:
        for payload in payloads:
            fact = Fact(len(self.facts) + 1, 1, self.now, actor, payload)
            self.facts.append(fact)
            self.state = apply(self.state, fact)
        return self.state

    def wait(self, **amount: float) -> None:
        self.now += timedelta(**amount)

    def join(self, *sites: str) -> None:
        for site in sites:
            connection = f"PA_{site}_{len(self.facts)}"
            self.write(p.SiteJoined(site, connection, "RM_1", self.now), actor="")

    def leave(self, site: str) -> None:
        connection = self.state.presences[site].connection
        self.write(p.SiteLeft(site, connection, "RM_1", self.now, "CLIENT_INITIATED"), actor="")


def started(*online: str) -> Course:
    course = Course()
    course.write(p.MeetingStarted(), p.SegmentStarted(11))
    course.join(*online)
    return course
