"""Sending the weekly notice, with everything it needs of others."""

from __future__ import annotations

from digest.delivery_service import Deliveries
from digest.posting import Posting
from digest.sending import Sending
from digest.telling import Telling
from meetinghub.bridges.noticing import NoticeMails, freezing
from meetinghub.clock import Clock
from meetinghub.config import Config
from meetinghub.db import Database
from meetinghub.words import all_words


def sending_of(database: Database, clock: Clock, config: Config) -> Sending:
    """The worker's part."""
    telling = Telling(all_words(), config.public_url)
    return Sending(database, clock, freezing=freezing(), posting=Posting(NoticeMails(config)), telling=telling)


def deliveries_of(database: Database, clock: Clock, config: Config) -> Deliveries:
    return Deliveries(database, clock, drafting=freezing(), posting=Posting(NoticeMails(config)))
