"""Webhooks with everything they need of others: the installation's key, and mails to whoever registered them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session as Db

from meetinghub.clock import Clock
from meetinghub.config import Config
from meetinghub.db import Database
from meetinghub.mail import letter
from meetinghub.mail.message import Owed
from meetinghub.mail.outbox import owe
from meetinghub.people import store as people
from meetinghub.webhooks.model import Webhook
from meetinghub.webhooks.sender import Delivering
from meetinghub.webhooks.service import Webhooks
from meetinghub.words import LANGUAGES, Words, all_words


class StopLetters:
    """``address`` is the installation's, without a slash."""

    def __init__(self, words: Mapping[str, Words], address: str) -> None:
        self._words, self._address = words, address

    def __call__(self, db: Db, webhook: Webhook, now: datetime) -> None:
        """To whoever registered it, when a mail reaches them; the page says it in any case."""
        found = people.account_named(db, webhook.made_by)
        if found is None or not found[0].mail:
            return
        _ = self._words.get(found[0].language) or self._words[next(iter(LANGUAGES))]
        subject = _("webhook.mail_subject")
        where = f"{self._address}/webhooks/{webhook.number}"
        lines = [_("webhook.mail_text", number=webhook.number), where]
        page = letter.of_lines(lines, title=subject, language=_.language, sender=_("page.product"))
        key = f"webhook:{webhook.number}:{int(now.timestamp())}"
        owe(db, Owed(key=key, to=found[0].mail, subject=subject, text=page.text(), html=page.html()), now=now)


def webhooks_of(database: Database, clock: Clock, config: Config) -> Webhooks:
    return Webhooks(database, clock, config.secret_key, private=config.webhook_allow_private)


def delivering(database: Database, clock: Clock, config: Config) -> Delivering:
    notice = StopLetters(all_words(), config.public_url)
    return Delivering(database, clock, config.secret_key, private=config.webhook_allow_private, notice=notice)
