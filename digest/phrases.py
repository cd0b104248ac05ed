"""Parts of a page in words: days, people, lights, where something comes from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time

from digest.model import IssueKind, Week
from digest.page import Head, Light, LightKind, OpenTask, OwnMeeting, OwnPart, PageItem, TaskKind, Whom
from meetinghub.clock import SHANGHAI
from meetinghub.people.model import Role
from meetinghub.words import Words

NOON, EVENING = time(12), time(18)


def number(head: Head) -> str:
    """48; of its first supplement 48-1."""
    return f"{head.week.number}-{head.part}" if head.part else f"{head.week.number}"


def issue(words: Words, head: Head) -> str:
    """第 48 期，11月23日（周一）."""
    return words(f"notice_mail.issue_{head.kind.value}", number=number(head), day=words.day(head.day))


def subject(words: Words, head: Head) -> str:
    named = words(f"notice_mail.subject_{head.kind.value}", number=number(head), day=words.day(head.day))
    return f"{named}{'' if words.language == 'zh-CN' else ', '}{head.name}"


def until(words: Words, due_on: date, due_at: time | None, today: date) -> str:
    """周三 17:00, 周五前, 下周一前; 逾期 3 天 of what is over."""
    if due_on < today:
        return words.many("notice_mail.late", (today - due_on).days)
    if due_on == today and due_at is None:
        return words("notice_mail.same_day", weekday=words.weekday(due_on))
    named = words.weekday(due_on)
    if Week.of(due_on) == Week.of(today).after():
        named = words("notice_mail.next_week", weekday=named)
    return f"{named} {due_at:%H:%M}" if due_at else words("notice_mail.by", day=named)


def half(words: Words, moment: datetime) -> str:
    """周四下午."""
    local = moment.astimezone(SHANGHAI)
    part = "morning" if local.time() < NOON else "afternoon" if local.time() < EVENING else "evening"
    return words(f"notice_mail.half_{part}", weekday=words.weekday(local.date()))


def listed(words: Words, names: Iterable[str]) -> str:
    return words("page.comma").join(dict.fromkeys(each for each in names if each))


def group(words: Words, role: str, line: str) -> str:
    """书记; 民政条线 for the workers of a line."""
    return words("agenda.line", line=line) if line and role == Role.LINE_WORKER else words(f"role.{role}")


def whom(words: Words, concerned: Iterable[Whom]) -> str:
    """书记、民政条线; empty when an item concerns a committee as such."""
    named = []
    for each in concerned:
        if not each.roles:
            named.append(words("agenda.line", line=each.line) if each.line else "")
        named += [group(words, role.value, each.line) for role in each.roles]
    return "" if "" in named else listed(words, named)


def credit(words: Words, item: PageItem) -> str:
    """平安办、民政科（2 个科室合并）；涉及书记."""
    named = listed(words, item.departments)
    if item.merged:
        named = words.many("notice_mail.merged", len(item.departments), departments=named)
    concerned = whom(words, item.whom)
    return words("notice_mail.concerns", departments=named, who=concerned) if concerned else named


def origin(words: Words, task: OpenTask) -> str:
    """11月12日「例会」议定，民政科; 第 47 期提示（11月16日），平安办."""
    values = {"day": words.month_day(task.given_on), "departments": listed(words, task.departments)}
    if task.kind is TaskKind.NOTICE:
        return words("notice_mail.of_notice", number=Week.of(task.given_on).number, **values)
    return words("notice_mail.of_minutes", title=task.source, **values)


def place(words: Words, meeting: OwnMeeting) -> str:
    return words(f"notice_mail.mode_{meeting.mode.value}", place=meeting.place)


def needed(words: Words, meeting: OwnMeeting, part: OwnPart) -> str:
    """只需到场, or 到场 when it is all of the meeting."""
    whole = (part.starts_at, part.ends_at) == (meeting.starts_at, meeting.ends_at)
    return words("notice_mail.needed_whole" if whole else "notice_mail.needed_part")


def meetings_note(words: Words, meetings: tuple[OwnMeeting, ...]) -> str:
    """1 场，3 个科室拼在一起."""
    count = words.many("notice_mail.meetings", len(meetings))
    if len(meetings) == 1 and meetings[0].departments > 1:
        return words.many("notice_mail.joined", meetings[0].departments, meetings=count)
    return count


def light(words: Words, shown: Light) -> tuple[str, str]:
    """What is wrong, and a sentence why."""
    day = words.month_day(shown.day)
    match shown.kind:
        case LightKind.OVERDUE:
            return words.many("notice_mail.overdue", shown.count), _about(words, "overdue", shown, day)
        case LightKind.DUE_SOON:
            return words.many("notice_mail.due_soon", shown.count), _about(words, "due_soon", shown, day)
        case LightKind.MINUTES_UNREAD:
            return words.many("notice_mail.minutes_unread", shown.count), _about(words, "minutes_unread", shown, day)


def _about(words: Words, kind: str, shown: Light, day: str) -> str:
    several = "" if shown.count == 1 else "_first"
    return words(f"notice_mail.why_{kind}{several}", day=day, title=shown.about)


def fresh(head: Head) -> bool:
    """Whether it says only what is new since the week's issue."""
    return head.kind is not IssueKind.REGULAR
