"""The weekly notice with everything it needs of others: what is frozen for each committee, and its mail."""

from __future__ import annotations

from digest.freezing import Freezing
from digest.links import SignedLinks
from digest.page import Page
from digest.recipients import Recipient
from digest.rendering import Rendered, Renderer
from meetinghub.bridges.notice_lights import LightsOn
from meetinghub.bridges.notice_meetings import MeetingsOfWeek
from meetinghub.bridges.notice_tasks import TasksNotDone
from meetinghub.bridges.parts import AgendaParts
from meetinghub.config import Config
from meetinghub.mail.links import Links
from meetinghub.words import all_words


def freezing() -> Freezing:
    tasks = TasksNotDone()
    return Freezing(MeetingsOfWeek(AgendaParts()), tasks, LightsOn(tasks))


class NoticeMails:
    """A page as the mail that one of its readers gets. Implements :class:`digest.posting.Rendering`: preview, test send
    and the mail itself all come from here, and equal arguments give equal bytes."""

    def __init__(self, config: Config) -> None:
        self._renderer = Renderer(all_words())
        self._links = Links(config.secret_key)
        self._address = config.public_url

    def __call__(self, page: Page, to: Recipient) -> Rendered:
        return self._renderer.render(page, to, SignedLinks(self._links, self._address, page.head, to.address))
