"""The composition root of web: builds everything and hands it to constructors. Nobody imports this."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import structlog
from aiohttp import ClientSession, TCPConnector, web
from argon2 import PasswordHasher

from digest import settings_store
from digest.answer_service import NoticeAnswers
from digest.archive_service import Archive
from digest.board_service import Boards
from digest.department_letters import Letters
from digest.issue_service import Issues
from digest.item_service import Items
from digest.offer_service import NoticeOffers
from digest.reminding import receives
from digest.settings_service import NoticeSettings
from meetinghub import demo, schema
from meetinghub.agendas.letters import letters
from meetinghub.agendas.service import Agendas
from meetinghub.asking.drafts import Drafts
from meetinghub.asking.topics import Topics
from meetinghub.attendance.service import Attendance
from meetinghub.baselines.service import Baselines
from meetinghub.bridges import charging, noticing
from meetinghub.bridges.addresses import AddressBook
from meetinghub.bridges.burden import burden_of, saying_of
from meetinghub.bridges.importing import imports
from meetinghub.bridges.invited import CalendarInvitations
from meetinghub.bridges.joined import asking_of, rescheduler_of
from meetinghub.bridges.merging import merging
from meetinghub.bridges.notice_segments import EndedSegments
from meetinghub.bridges.notice_sending import deliveries_of
from meetinghub.bridges.notices import NoticeDrafts
from meetinghub.bridges.noticing import NoticeMails
from meetinghub.bridges.parts import AgendaParts
from meetinghub.bridges.telling import webhooks_of
from meetinghub.calendars.answering import Answers
from meetinghub.calendars.service import Feeds
from meetinghub.clock import clock
from meetinghub.config import Config, ConfigError
from meetinghub.db import Database
from meetinghub.devices.service import Devices
from meetinghub.documents.service import Documents
from meetinghub.files.shelf import Shelf
from meetinghub.imports.service import Read
from meetinghub.imports.upload import reader
from meetinghub.mail.links import Links
from meetinghub.mail.service import Mails
from meetinghub.meetings.admission import Admission, Reservations
from meetinghub.meetings.projection import Projection
from meetinghub.meetings.rooms import LiveKitRooms
from meetinghub.meetings.service import Meetings
from meetinghub.minutes.service import MinutesBook
from meetinghub.paper import Press
from meetinghub.people import store
from meetinghub.people.passwords import Passwords
from meetinghub.people.service import Accounts
from meetinghub.settling import releasing_memory
from meetinghub.stopping import stopped
from meetinghub.tokens.service import Tokens
from meetinghub.words import all_words
from meetinghub.workdays.service import WorkdayTables
from meetinghub.workdays.store import workdays
from quotas.policies import Policies
from quotas.usage import Usage
from web import agendas, asking, attendance, burden, calendars, keys, live, middleware, policies, routes, series
from web.api.limits import Limits
from web.api.usage import USAGE
from web.digest import ITEMS
from web.documents import DOCUMENTS
from web.imports import BASELINES, IMPORTS, READ
from web.merging import MERGING
from web.metrics import Metrics
from web.minutes import MINUTES
from web.notice_answers import NOTICE_ANSWERING, NOTICE_ANSWERS, NOTICE_OFFERS
from web.notice_archive import NOTICE_ARCHIVE
from web.notice_board import BOARDS, ISSUES, MAILS
from web.pace import Pace
from web.rendering import BUILT, NotBuilt, templates
from web.sending import NOTICE_DELIVERIES, NOTICE_SETTINGS

log = structlog.get_logger("app")
SHUTDOWN_SECONDS = 3.0
LONGEST_LINE = 64 * 1024
"""Bytes of a request's first line: LiveKit's clients put a whole offer into the address of ``/rtc/v1``."""


def web_app(config: Config, *, built: Path = BUILT, hasher: PasswordHasher | None = None) -> web.Application:
    """Pages and API. The database is opened when it starts; its schema must be there by then.

    ``hasher`` None = argon2 as strong as RFC 9106 recommends.
    """
    all_words()  # a catalogue that cannot be read keeps web from starting
    app = web.Application(middlewares=[middleware.observe, middleware.speak, middleware.mend, middleware.admit])
    app[keys.CONFIG] = config
    app[keys.CLOCK] = clock(config.clock_shift)
    app[keys.METRICS] = Metrics()
    app[keys.BUILT] = built
    app[keys.TEMPLATES] = templates(built)
    app.on_response_prepare.append(middleware.dress)
    parts = [
        _database,
        _http,
        _accounts(Passwords(hasher)),
        _meetings,
        _attendance,
        _agendas,
        _asking,
        _policies,
        _merging,
        _history,
        _calendars,
        _minutes,
        _burden,
        _documents,
        _notice_answers,
        _notice_board,
        _notice,
        _notice_sending,
    ]
    app.cleanup_ctx.extend(parts)
    routes.install(app)
    return app


async def _database(app: web.Application) -> AsyncIterator[None]:
    config = app[keys.CONFIG]
    database = Database(config.database_url)
    app[keys.DATABASE] = database
    try:
        app[keys.DEMO] = await database.read(store.has_demo_accounts)
        demo.refuse_strangers(config, demo=app[keys.DEMO])
        office = await database.read(store.street_office)
        app[keys.OFFICE] = office.name if office else ""
        yield
    finally:
        database.close()


async def _http(app: web.Application) -> AsyncIterator[None]:
    """One pool of outgoing connections; signalling takes one for each participant, hence no limit."""
    async with ClientSession(connector=TCPConnector(limit=0)) as session:
        app[keys.HTTP] = session
        yield


def _accounts(passwords: Passwords) -> Callable[[web.Application], AsyncIterator[None]]:
    async def accounts(app: web.Application) -> AsyncIterator[None]:
        app[keys.ACCOUNTS] = Accounts(app[keys.DATABASE], app[keys.CLOCK], passwords, app[keys.CONFIG].secret_key)
        app[keys.DEVICES] = Devices(app[keys.DATABASE], app[keys.CLOCK], app[keys.CONFIG].secret_key)
        app[keys.ADDRESSES] = AddressBook(app[keys.DATABASE], app[keys.CLOCK])
        app[keys.LINKS] = Links(app[keys.CONFIG].secret_key)
        app[keys.MAILS] = Mails(app[keys.DATABASE], app[keys.CLOCK])
        app[keys.TOKENS], app[keys.LIMITS] = Tokens(app[keys.DATABASE], app[keys.CLOCK]), Limits()
        app[keys.WEBHOOKS] = webhooks_of(app[keys.DATABASE], app[keys.CLOCK], app[keys.CONFIG])
        app[keys.WORKDAYS] = WorkdayTables(app[keys.DATABASE], app[keys.CLOCK])
        yield
        passwords.close()

    return accounts


async def _meetings(app: web.Application) -> AsyncIterator[None]:
    """Meetings, and the task that keeps their media rooms as the facts say."""
    config = app[keys.CONFIG]
    meetings = Meetings(app[keys.DATABASE], app[keys.CLOCK])
    rooms = LiveKitRooms(app[keys.HTTP], config.media_api_url, config.livekit_api_key, config.livekit_api_secret)
    strangers = app[keys.DEVICES].strangers
    projection = Projection(meetings, rooms, gated=config.embedded_media, strangers=strangers)
    app[live.MEETINGS], app[live.PROJECTION] = meetings, projection
    app[live.ADMISSION] = Admission(config.livekit_api_key, config.livekit_api_secret)
    app[live.RESERVATIONS], app[live.PACE] = Reservations(), Pace()
    await projection.start()
    yield
    await projection.close()


async def _attendance(app: web.Application) -> AsyncIterator[None]:
    app[attendance.ATTENDANCE] = Attendance(app[keys.DATABASE], app[keys.CLOCK])
    app[attendance.PRESS] = press = Press()
    yield
    press.close()


async def _agendas(app: web.Application) -> AsyncIterator[None]:
    config, database, time = app[keys.CONFIG], app[keys.DATABASE], app[keys.CLOCK]
    mails = letters(config, CalendarInvitations())
    app[agendas.AGENDAS] = Agendas(database, time, workdays=workdays, letters=mails, notices=NoticeDrafts())
    yield


async def _asking(app: web.Application) -> AsyncIterator[None]:
    """Requests for meetings, over the host's agendas and the rules."""
    database, time = app[keys.DATABASE], app[keys.CLOCK]
    app[asking.DRAFTS] = Drafts(database, time, NoticeDrafts())
    app[asking.TOPICS] = Topics(database, time, app[agendas.AGENDAS])
    app[asking.ASKING] = asking_of(database, time, app[agendas.AGENDAS], app[keys.CONFIG])
    app[series.SERIES] = rescheduler_of(database, time)
    yield


async def _policies(app: web.Application) -> AsyncIterator[None]:
    counted = charging.quotas()
    app[policies.POLICIES] = Policies(app[keys.DATABASE], app[keys.CLOCK], counted)
    app[USAGE] = Usage(app[keys.DATABASE], app[keys.CLOCK], counted)
    yield


async def _merging(app: web.Application) -> AsyncIterator[None]:
    app[MERGING] = merging(app[keys.DATABASE], app[keys.CLOCK], app[keys.CONFIG])
    yield


async def _calendars(app: web.Application) -> AsyncIterator[None]:
    database, time, address = app[keys.DATABASE], app[keys.CLOCK], app[keys.CONFIG].public_url
    app[calendars.FEEDS] = Feeds(
        database, time, AgendaParts(), words=all_words(), address=address, office=app[keys.OFFICE]
    )
    app[calendars.ANSWERS] = Answers(database, time, Links(app[keys.CONFIG].secret_key))
    app[calendars.ANSWERING] = Pace(rate=0.2, burst=10)
    app[calendars.FETCHING], app[calendars.GUESSING] = calendars.fetching(), calendars.guessing()
    yield


async def _minutes(app: web.Application) -> AsyncIterator[None]:
    app[MINUTES] = MinutesBook(app[keys.DATABASE], app[keys.CLOCK])
    yield


async def _burden(app: web.Application) -> AsyncIterator[None]:
    database, time = app[keys.DATABASE], app[keys.CLOCK]
    app[burden.BURDEN], app[burden.SAYING] = burden_of(database, time), saying_of(database, time)
    yield


async def _history(app: web.Application) -> AsyncIterator[None]:
    """Meetings held before, and what surveys counted."""
    read: Read = reader()
    app[READ] = read
    app[IMPORTS] = imports(app[keys.DATABASE], app[keys.CLOCK], read)
    app[BASELINES] = Baselines(app[keys.DATABASE], app[keys.CLOCK])
    yield


async def _documents(app: web.Application) -> AsyncIterator[None]:
    app[DOCUMENTS] = Documents(app[keys.DATABASE], app[keys.CLOCK], Shelf(app[keys.CONFIG].data_dir / "files"))
    yield


async def _notice_answers(app: web.Application) -> AsyncIterator[None]:
    """Committees' answers to items of the weekly notice, and what was sent of it."""
    app[NOTICE_ANSWERS] = NoticeAnswers(
        app[keys.DATABASE],
        app[keys.CLOCK],
        app[keys.LINKS],
        receives=receives,
        settings=settings_store.settings,
    )
    app[NOTICE_ANSWERING] = Pace(rate=0.2, burst=10)
    app[NOTICE_OFFERS] = NoticeOffers(app[keys.DATABASE], app[keys.CLOCK], EndedSegments())
    shelf = Shelf(app[keys.CONFIG].data_dir / "files")
    app[NOTICE_ARCHIVE] = Archive(app[keys.DATABASE], app[keys.CLOCK], shelf, app[keys.LINKS], receives=receives)
    yield


async def _notice_board(app: web.Application) -> AsyncIterator[None]:
    """The board of the weekly notice, and its mails as they will be sent."""
    database, time, config = app[keys.DATABASE], app[keys.CLOCK], app[keys.CONFIG]
    app[BOARDS] = Boards(database, time, Letters(config.public_url), workdays)
    app[ISSUES] = Issues(database, time, noticing.freezing(), workdays)
    app[MAILS] = NoticeMails(config)
    yield


async def _notice(app: web.Application) -> AsyncIterator[None]:
    """The weekly work notice."""
    shelf = Shelf(app[keys.CONFIG].data_dir / "files")
    app[ITEMS] = Items(app[keys.DATABASE], app[keys.CLOCK], shelf)
    yield


async def _notice_sending(app: web.Application) -> AsyncIterator[None]:
    """How the weekly notice is run, and what became of its mails."""
    database, time = app[keys.DATABASE], app[keys.CLOCK]
    app[NOTICE_SETTINGS] = NoticeSettings(database, time)
    app[NOTICE_DELIVERIES] = deliveries_of(database, time, app[keys.CONFIG])
    yield


async def serve(config: Config) -> None:
    """Run web until SIGINT or SIGTERM."""
    schema.require_current(config.database_url)
    try:
        app = web_app(config)
    except NotBuilt as error:
        raise ConfigError([str(error)]) from None
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS, max_line_size=LONGEST_LINE)
    await runner.setup()
    try:
        await web.TCPSite(runner, config.host, config.port, ssl_context=_tls(config), reuse_address=True).start()
        async with releasing_memory():
            log.info("listening", url=config.public_url)
            await stopped()
    except OSError as error:
        raise ConfigError([f"PORT {config.port}：{error.strerror}"]) from error
    finally:
        await runner.cleanup()


def _tls(config: Config) -> ssl.SSLContext | None:
    if config.tls_cert is None or config.tls_key is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(config.tls_cert, config.tls_key)
    except (ssl.SSLError, OSError) as error:
        raise ConfigError([f"TLS_CERT, TLS_KEY 不能使用：{error}"]) from error
    return context
