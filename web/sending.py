"""What the pages about sending the weekly notice share."""

from __future__ import annotations

from aiohttp.web import AppKey

from digest.delivery_service import Deliveries
from digest.settings_service import NoticeSettings
from meetinghub.people.model import Right

NOTICE_SETTINGS = AppKey("notice_settings", NoticeSettings)
NOTICE_DELIVERIES = AppKey("notice_deliveries", Deliveries)
MAY_RUN = (Right.ADMINISTRATOR, Right.COORDINATOR, Right.LEADER, Right.HOST, Right.DEPARTMENT)
"""Among whom the host office, its deputy and the administrator are; which of them it is, the services know."""
