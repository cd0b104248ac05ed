"""Invitations with everything they need of others."""

from __future__ import annotations

from meetinghub.bridges.parts import AgendaParts
from meetinghub.calendars.inviter import Inviting
from meetinghub.calendars.letters import InvitationLetters
from meetinghub.clock import Clock
from meetinghub.config import Config
from meetinghub.db import Database
from meetinghub.mail.links import Links
from meetinghub.mail.message import Sender
from meetinghub.words import LANGUAGES, all_words


def inviting(database: Database, clock: Clock, config: Config, sender: Sender) -> Inviting:
    """In the language of the office, which is Chinese. The sender is the organiser: a mail's From and an invitation's
    ORGANIZER must be the same, or programmes do not take it for one."""
    words = all_words()[next(iter(LANGUAGES))]
    letters = InvitationLetters(words, config.public_url, sender, Links(config.secret_key))
    return Inviting(database, clock, AgendaParts(), letters)
