"""Built scripts and styles. Their names carry a hash of their content, so a browser may keep them for ever."""

from __future__ import annotations

import re

from aiohttp import web

from meetinghub.errors import NotFound
from web import keys
from web.rendering import HERE

_NAME = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.(js|css|map|svg|woff2)")
_OWN = {"mark.svg"}
"""Files of ours that no build makes; their content may change under the same name."""


async def serve(request: web.Request) -> web.StreamResponse:
    name = request.match_info["name"]
    own = name in _OWN
    path = (HERE / "static" if own else request.app[keys.BUILT]) / name
    if not _NAME.fullmatch(name) or not path.is_file():
        raise NotFound("page.not_found")
    keep = "public, max-age=3600" if own else "public, max-age=31536000, immutable"
    return web.FileResponse(path, headers={"Cache-Control": keep})
