"""What pages that show documents share: where they find the service, and how a size is said."""

from __future__ import annotations

from aiohttp.web import AppKey

from meetinghub.documents.service import Documents
from meetinghub.files.kinds import LARGEST
from meetinghub.files.kinds import size as size

DOCUMENTS = AppKey("documents", Documents)
MOST_BYTES = LARGEST + 64 * 1024
"""Of a request that brings a file: the rest of its form comes with it."""
