"""A page for one reader: every sentence, link and button, section by section."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from digest import phrases
from digest.answering import MOST_ITEMS
from digest.letter import Entry, File, Lamp, Letter, Needed, NoticeLinks, Section, Way
from digest.model import Answer, IssueKind, Kind, Link, LinkKind
from digest.page import Earlier, Head, Light, LightKind, OpenTask, OwnMeeting, Page, PageItem, TaskKind
from meetinghub.clock import SHANGHAI
from meetinghub.files.kinds import size
from meetinghub.words import LANGUAGES, Words, all_words

_WIDE = str.maketrans("<>", "＜＞")


def letter(words: Words, page: Page, links: NoticeLinks) -> Letter:
    _, head = words, page.head
    lead, more = _lead(_, page), _more(_, page)
    asks = bool(page.items or page.unread or any(each.kind is TaskKind.NOTICE for each in page.tasks))
    other = next(each for each in LANGUAGES if each != _.language)
    return Letter(
        language=_.language,
        subject=phrases.subject(_, head),
        sender=_("notice_mail.sender", office=head.office),
        title=head.name,
        issue=phrases.issue(_, head),
        shown=_("notice_mail.shown", lead=lead, more=more) if more else lead,
        lead=lead,
        more=more,
        sections=tuple(each for each in _sections(_, page, links) if each.entries),
        foot=tuple(_foot(_, head)),
        screen=_("notice_mail.confirm") if asks else "",
        paper=_("notice_mail.paper", issue=phrases.issue(_, head)),
        ways=(
            Way(_("notice_mail.archive"), links.page()),
            Way(all_words()[other](f"language.{other}"), links.page(other)),
        ),
    )


def _lead(_: Words, page: Page) -> str:
    fresh = "new_" if phrases.fresh(page.head) else ""
    if page.head.kind is IssueKind.CORRECTION and page.items:
        return _.many("notice_mail.lead_corrects", len(page.items))
    if page.actions:
        first = min(each.due_on or date.max for each in page.actions)
        return _.many(f"notice_mail.lead_{fresh}actions", len(page.actions), day=_.day(first))
    if page.information:
        return _.many(f"notice_mail.lead_{fresh}information", len(page.information))
    return _("notice_mail.lead_empty")


def _more(_: Words, page: Page) -> str:
    """What else there is."""
    told = page.actions and page.head.kind is not IssueKind.CORRECTION
    counts = {
        "informed": len(page.information) if told else 0,
        "meetings": len(page.meetings),
        "tasks": len(page.tasks),
        "lights": len(page.lights),
        "unread": len(page.unread),
    }
    named = [_.many(f"notice_mail.{name}", count) for name, count in counts.items() if count]
    if not named:
        return "" if page.items else _("notice_mail.nothing")
    return _("notice_mail.more", what=phrases.listed(_, named))


def _sections(_: Words, page: Page, links: NoticeLinks) -> list[Section]:
    day = page.head.day
    actions = tuple(_action(_, each, day, links) for each in page.actions)
    informed = tuple(_informed(_, each, links) for each in page.information)
    return [
        _section(_, "actions", actions, _("notice_mail.note_actions")),
        _section(_, "information", informed, _("notice_mail.note_information"), _all_read(_, page, links)),
        _section(
            _,
            "meetings",
            tuple(_meeting(_, each, links) for each in page.meetings),
            phrases.meetings_note(_, page.meetings),
        ),
        _section(
            _,
            "tasks",
            tuple(_task(_, each, day, links) for each in page.tasks),
            _.many("notice_mail.count_tasks", len(page.tasks)),
        ),
        _section(
            _,
            "lights",
            tuple(_light(_, each, links) for each in page.lights),
            _.many("notice_mail.lights", len(page.lights)),
        ),
        _section(
            _,
            "unread",
            tuple(_unread(_, each, links) for each in page.unread),
            _.many("notice_mail.count_items", len(page.unread)),
        ),
    ]


def _section(_: Words, name: str, entries: tuple[Entry, ...], note: str, buttons: tuple[Way, ...] = ()) -> Section:
    return Section(name, _(f"notice_mail.section_{name}"), note, entries, buttons)


def _action(_: Words, item: PageItem, today: date, links: NoticeLinks) -> Entry:
    assert item.due_on is not None
    return Entry(
        title=item.title,
        day=_.month_day(item.due_on),
        hour=phrases.until(_, item.due_on, item.due_at, today),
        before=_corrects(_, item),
        text=item.text,
        links=_link(_, item.link, links),
        files=_files(item, links),
        grey=phrases.credit(_, item),
        buttons=_answers(_, item.item, item.title, links),
        item=item.item,
    )


def _informed(_: Words, item: PageItem, links: NoticeLinks) -> Entry:
    return Entry(
        title=item.title,
        before=_corrects(_, item),
        text=item.text,
        links=_link(_, item.link, links),
        files=_files(item, links),
        grey=phrases.credit(_, item),
        item=item.item,
    )


def _all_read(_: Words, page: Page, links: NoticeLinks) -> tuple[Way, ...]:
    """One link for all of them, or several when they are more than a link can name."""
    items = [each.item for each in page.information]
    section, found = _("notice_mail.section_information"), []
    for at in range(0, len(items), MOST_ITEMS):
        some = items[at : at + MOST_ITEMS]
        words = _.many("notice_mail.all_read", len(some))
        found.append(Way(words, links.answer(some, Answer.READ), spoken=_spoken(_, words, section)))
    return tuple(found)


def _meeting(_: Words, meeting: OwnMeeting, links: NoticeLinks) -> Entry:
    needed = tuple(
        Needed(
            phrases.group(_, each.role, each.line),
            phrases.needed(_, meeting, each),
            _.span(each.starts_at, each.ends_at),
        )
        for each in meeting.parts
    )
    return Entry(
        title=meeting.title,
        day=_.month_day(meeting.starts_at.astimezone(SHANGHAI).date()),
        hour=phrases.half(_, meeting.starts_at),
        lines=() if needed else (_("notice_mail.whole", span=_.span(meeting.starts_at, meeting.ends_at)),),
        needed=needed,
        grey=phrases.place(_, meeting),
        buttons=(
            Way(
                _("notice_mail.to_calendar"),
                links.calendar(meeting.meeting),
                spoken=_spoken(_, _("notice_mail.to_calendar"), meeting.title),
            ),
        ),
    )


def _task(_: Words, task: OpenTask, today: date, links: NoticeLinks) -> Entry:
    ours = task.kind is TaskKind.NOTICE
    return Entry(
        title=task.text,
        day=_.month_day(task.due_on) if task.due_on else "",
        hour=phrases.until(_, task.due_on, None, today) if task.due_on else _("notice_mail.no_date"),
        links=() if ours else (Way(_("notice_mail.answer_task"), f"{links.base}/tasks"),),
        grey=phrases.origin(_, task),
        buttons=_answers(_, task.task, task.text, links)[:1] if ours else (),  # 已办: it was read when it came
        item=task.task if ours else 0,
    )


def _light(_: Words, light: Light, links: NoticeLinks) -> Entry:
    title, why = phrases.light(_, light)
    opens = "notice_mail.open_minutes" if light.kind is LightKind.MINUTES_UNREAD else "notice_mail.open_tasks"
    return Entry(
        title=title,
        lamp=Lamp(light.colour, _(f"notice_mail.lamp_{light.colour.value}")),
        lines=(why,),
        links=(Way(_(opens), links.base + light.path),),
    )


def _unread(_: Words, item: Earlier, links: NoticeLinks) -> Entry:
    buttons = _answers(_, item.item, item.title, links)
    return Entry(
        title=_("notice_mail.earlier", number=item.issue, title=item.title),
        lines=(_("notice_mail.unanswered", day=_.day(item.sent_on)),),
        buttons=buttons if item.kind is Kind.ACTION else buttons[1:],
        item=item.item,
    )


def _answers(_: Words, item: int, title: str, links: NoticeLinks) -> tuple[Way, ...]:
    """已办, 已阅."""
    return tuple(
        Way(
            _(f"notice_mail.{act.value}"),
            links.answer([item], act),
            strong=act is Answer.DONE,
            spoken=_spoken(_, _(f"notice_mail.{act.value}"), title),
        )
        for act in (Answer.DONE, Answer.READ)
    )


def _spoken(_: Words, words: str, title: str) -> str:
    """It becomes an attribute, where HTML lets < and > stand as they are: not every filter of mails knows that."""
    return _("notice_mail.spoken", words=words, title=title.translate(_WIDE))


def _link(_: Words, link: Link, links: NoticeLinks) -> tuple[Way, ...]:
    match link.kind:
        case LinkKind.NONE:
            return ()
        case LinkKind.MEETING:
            return (Way(_("notice_mail.open_meeting"), f"{links.base}/meetings/{link.target}"),)
        case LinkKind.PAGE:
            return (Way(_("notice_mail.open_page"), links.base + link.target),)
        case LinkKind.WEB:
            return (Way(_("notice_mail.open_web"), link.target),)


def _files(item: PageItem, links: NoticeLinks) -> tuple[File, ...]:
    return tuple(File(each.name, size(each.bytes), links.file(item.item, each.id)) for each in item.attachments)


def _corrects(_: Words, item: PageItem) -> str:
    found = item.corrects
    return _("notice_mail.corrects", number=found.issue, title=found.title) if found else ""


def _foot(_: Words, head: Head) -> Sequence[str]:
    contact, found = head.contact, []
    who = contact.department or contact.person
    if contact.department and contact.person:
        who = _("notice_mail.person", department=contact.department, person=contact.person)
    if who and contact.phone:
        found.append(_("notice_mail.contact_phone", who=who, phone=contact.phone))
    elif who or contact.phone:
        found.append(_("notice_mail.contact", who=who or contact.phone))
    if not phrases.fresh(head):
        moment = _("notice_mail.moment", day=_.day(head.frozen_at), time=_.time(head.frozen_at))
        found.append(_("notice_mail.as_of", moment=moment))
    return found
