"""Templates → answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from hashlib import blake2b
from pathlib import Path

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from meetinghub.words import LANGUAGES
from web import keys

HERE = Path(__file__).parent
BUILT = HERE / "static" / "built"


class NotBuilt(Exception):
    """The pages' scripts and styles have not been built yet."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"页面的脚本和样式还没有构建：{folder} 里没有 manifest.json，请先运行 make build。"
            f"Scripts and styles are not built yet: {folder} has no manifest.json. Run: make build"
        )


@cache
def templates(built: Path) -> Environment:
    """The template environment; ``built`` is where the build left scripts and styles."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.do"],
    )
    environment.globals["asset"] = _assets(built)
    return environment


def _assets(built: Path) -> Callable[[str], str]:
    """``asset("office.css")`` → the address of the built file. Read again when a new build has replaced it."""
    path = built / "manifest.json"
    if not path.is_file():
        raise NotBuilt(built)
    read: dict[str, str] = {}
    at = 0

    def asset(name: str) -> str:
        nonlocal at
        changed = path.stat().st_mtime_ns
        if changed != at:
            read.clear()
            read.update(json.loads(path.read_text(encoding="utf-8")))
            at = changed
        return f"/static/{read[name]}"

    return asset


def build_id(built: Path) -> str:
    """Changes whenever any script or style does."""
    return blake2b((built / "manifest.json").read_bytes(), digest_size=8).hexdigest()


def render(request: web.Request, template: str, /, *, status: int = 200, **context: object) -> web.Response:
    """An HTML page in the reader's language."""
    return web.Response(text=filled(request, template, **context), content_type="text/html", status=status)


def filled(request: web.Request, template: str, /, **context: object) -> str:
    """A template's text in the reader's language, with what every template may use."""
    words = request[keys.WORDS]
    who = request.get(keys.WHO)
    return (
        request.app[keys.TEMPLATES]
        .get_template(template)
        .render(
            {
                "_": words,
                "many": words.many,
                "words": words,
                "language": words.language,
                "languages": list(LANGUAGES),
                "who": who,
                "account": who.account if who else None,
                "csrf": request.get(keys.CSRF, ""),
                "office": request.app[keys.OFFICE],
                "sections": request.app[keys.SECTIONS],
                "path": request.path,
                "here": _here(request),
                "demo": request.app[keys.DEMO],
                "now": request.app[keys.CLOCK].now(),
                **context,
            }
        )
    )


def _here(request: web.Request) -> Callable[[str], str]:
    """``here("en")`` → this page's address in another language."""

    def here(language: str) -> str:
        return str(request.rel_url.update_query(lang=language))

    return here
