"""HTML → PDF, in a process of its own: WeasyPrint takes seconds of CPU, and web must go on answering meanwhile.

WeasyPrint needs Pango, and a Chinese font, without which characters vanish silently. Both are looked for before the
first page is made; what is missing is told in words (:class:`Unavailable`), and everything else works without.
"""

from __future__ import annotations

import asyncio
import ctypes
import ctypes.util
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import structlog

from meetinghub.aside import end_with_parent
from meetinghub.errors import Unavailable

PATIENCE = 60.0
"""Seconds after which a page that is not ready is given up, with the process that makes it."""
log = structlog.get_logger("paper")


class Press:
    """One process that makes one PDF at a time; started by the first that is asked for."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._turn = asyncio.Lock()

    async def print(self, html: str) -> bytes:
        """The PDF of a whole document. Nothing it refers to is loaded, neither files nor addresses.

        Raises :class:`Unavailable` ``paper.no_pango`` or ``paper.no_font`` when the machine cannot, ``paper.failed``
        when the process died or took too long; the next document gets a new one.
        """
        async with self._turn:
            if self._pool is None:
                spawn = multiprocessing.get_context("spawn")
                self._pool = ProcessPoolExecutor(1, mp_context=spawn, initializer=end_with_parent)
            work = asyncio.get_running_loop().run_in_executor(self._pool, made, html)
            try:
                result = await asyncio.wait_for(work, PATIENCE)
            except (BrokenProcessPool, TimeoutError):
                log.exception("no page came out")
                self._give_up()
                raise Unavailable("paper.failed") from None
        if isinstance(result, str):
            raise Unavailable(result)
        return result

    def close(self) -> None:
        """End the process; what it is doing is lost."""
        self._give_up()

    def _give_up(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            for process in list((pool._processes or {}).values()):  # a page under way would be waited for
                process.kill()
            pool.shutdown(wait=False, cancel_futures=True)


def made(html: str) -> bytes | str:
    """In the press's process: the PDF, or the code of what is missing. Equal documents are equal bytes."""
    try:
        import weasyprint
        from weasyprint.urls import URLFetcher
    except OSError:  # Pango or one of its companions is not there
        return "paper.no_pango"
    if not chinese_fonts():
        return "paper.no_font"
    pdf = weasyprint.HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=())).write_pdf()
    assert isinstance(pdf, bytes)
    return pdf


def chinese_fonts() -> int:
    """How many fonts of this machine can write Chinese, as fontconfig sees it (``fc-list :lang=zh-cn``)."""
    name = ctypes.util.find_library("fontconfig")
    if name is None:
        return 0
    fontconfig = ctypes.CDLL(name)
    for function, result, takes in _FONTCONFIG:
        getattr(fontconfig, function).restype = result
        getattr(fontconfig, function).argtypes = takes
    pattern, wanted = fontconfig.FcNameParse(b":lang=zh-cn"), fontconfig.FcObjectSetCreate()
    fontconfig.FcObjectSetAdd(wanted, b"family")
    found = fontconfig.FcFontList(None, pattern, wanted)
    if not found:
        return 0
    count = int(ctypes.cast(found, ctypes.POINTER(ctypes.c_int))[0])  # FcFontSet begins with nfont
    fontconfig.FcFontSetDestroy(found)
    return count


_FONTCONFIG: list[tuple[str, Any, list[Any]]] = [
    ("FcNameParse", ctypes.c_void_p, [ctypes.c_char_p]),
    ("FcObjectSetCreate", ctypes.c_void_p, []),
    ("FcObjectSetAdd", ctypes.c_int, [ctypes.c_void_p, ctypes.c_char_p]),
    ("FcFontList", ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]),
    ("FcFontSetDestroy", None, [ctypes.c_void_p]),
]
