"""The composition root of the worker, apart from web's: it starts without loading a single page."""

from __future__ import annotations

import structlog

from digest.offer_service import NoticeOffers
from digest.reminding import NoticeReminders
from meetinghub import schema
from meetinghub.agendas.announcing import Announcing
from meetinghub.agendas.letters import letters
from meetinghub.agendas.service import Agendas
from meetinghub.asking.reminding import Reminding
from meetinghub.attendance.sealing import Sealing
from meetinghub.bridges.charging import Charging
from meetinghub.bridges.held import HeldMeetings
from meetinghub.bridges.invited import CalendarInvitations
from meetinghub.bridges.inviting import inviting
from meetinghub.bridges.joined import Expiring, post_of
from meetinghub.bridges.merging import merging
from meetinghub.bridges.notice_segments import EndedSegments
from meetinghub.bridges.notice_sending import sending_of
from meetinghub.bridges.telling import delivering
from meetinghub.burden.following import Following
from meetinghub.clock import Clock, clock
from meetinghub.config import Config
from meetinghub.db import Database
from meetinghub.ledger.checkpoints import Checkpoints
from meetinghub.mail import message
from meetinghub.mail.links import Links
from meetinghub.mail.mailer import Mailer
from meetinghub.mail.returning import Returning
from meetinghub.repeats.service import Forgetting
from meetinghub.settling import releasing_memory
from meetinghub.stopping import stopped
from meetinghub.words import all_words
from meetinghub.workdays.store import workdays
from meetinghub.worker import Regular, Worker

log = structlog.get_logger("app")


async def work(config: Config) -> None:
    """Run the worker until SIGINT or SIGTERM."""
    schema.require_current(config.database_url)
    database = Database(config.database_url)
    time = clock(config.clock_shift)
    sender = message.sender(config.mail_from, config.secret_key) if config.mail_from else None
    mailer = Mailer(database, time, config.smtp, sender)
    sealing = Sealing(database, time, Checkpoints(config.data_dir, time).keep)
    agendas = Agendas(database, time, workdays=workdays, letters=letters(config, CalendarInvitations()))
    announcing = Announcing(database, time, agendas)
    post = post_of(agendas, config)
    others: list[Regular] = [Charging(database, time), Expiring(database, time, post), Reminding(database, time, post)]
    others += [Following(database, HeldMeetings())]
    others += [announcing, merging(database, time, config), Forgetting(database, time)]
    others += [_reminders(database, time, config), NoticeOffers(database, time, EndedSegments())]
    others += [delivering(database, time, config), sending_of(database, time, config)]
    if sender is not None:
        others.append(inviting(database, time, config, sender))
    others += [Returning(database, time, config.imap, sender)]
    worker = Worker(database, time, sealing, mailer, others)
    try:
        async with worker.running(), releasing_memory():
            log.info("working")
            await stopped()
    finally:
        database.close()


def _reminders(database: Database, time: Clock, config: Config) -> NoticeReminders:
    links = Links(config.secret_key)
    return NoticeReminders(database, time, links=links, words=all_words(), address=config.public_url)
