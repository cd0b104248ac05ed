"""Typed names under which handlers find what the composition root built, and what middleware found out."""

from __future__ import annotations

from pathlib import Path

from aiohttp import ClientSession
from aiohttp.web import AbstractRoute, AppKey, RequestKey
from jinja2 import Environment

from meetinghub.bridges.addresses import AddressBook
from meetinghub.clock import Clock
from meetinghub.config import Config
from meetinghub.db import Database
from meetinghub.devices.service import Devices
from meetinghub.mail.links import Links
from meetinghub.mail.service import Mails
from meetinghub.people.model import SignedIn
from meetinghub.people.service import Accounts
from meetinghub.tokens.model import Bearer
from meetinghub.tokens.service import Tokens
from meetinghub.webhooks.service import Webhooks
from meetinghub.words import Words
from meetinghub.workdays.service import WorkdayTables
from web.api.limits import Limits, Spent
from web.entry import Entry
from web.metrics import Metrics

CONFIG = AppKey("config", Config)
DATABASE = AppKey("database", Database)
CLOCK = AppKey("clock", Clock)
ACCOUNTS = AppKey("accounts", Accounts)
DEVICES = AppKey("devices", Devices)
MAILS = AppKey("mails", Mails)
LINKS = AppKey("links", Links)
ADDRESSES = AppKey("addresses", AddressBook)
WORKDAYS = AppKey("workdays", WorkdayTables)
TOKENS = AppKey("tokens", Tokens)
WEBHOOKS = AppKey("webhooks", Webhooks)
LIMITS = AppKey("limits", Limits)
TEMPLATES = AppKey("templates", Environment)
HTTP = AppKey("http", ClientSession)
DEMO = AppKey("demo", bool)  # whether accounts with public passwords exist
OFFICE = AppKey("office", str)  # the street office's name; empty before one is set up
SECTIONS = AppKey("sections", list[tuple[str, str]])  # of the header: name, address
BUILT = AppKey("built", Path)  # the folder of built scripts and styles
METRICS = AppKey("metrics", Metrics)
ENTRIES = AppKey("entries", dict[AbstractRoute, Entry])

REQUEST_ID = RequestKey("request_id", str)
WORDS = RequestKey("words", Words)
WHO = RequestKey("who", SignedIn)
CSRF = RequestKey("csrf", str)
BEARER = RequestKey("bearer", Bearer)  # of the API only
SPENT = RequestKey("spent", Spent)  # of the API only: how much of its requests is left
