"""The press, with the real WeasyPrint; and without what it needs, as on a machine that lacks it."""

from __future__ import annotations

import asyncio
import io
import multiprocessing
from collections.abc import AsyncIterator
from multiprocessing.connection import Connection
from pathlib import Path

import pypdf
import pytest

from meetinghub.errors import Unavailable
from meetinghub.paper import Press


@pytest.fixture
async def press() -> AsyncIterator[Press]:
    made = Press()
    yield made
    made.close()


async def test_chinese_is_on_the_page_and_a_hundred_rows_make_pages(press: Press) -> None:
    rows = "".join(f"<tr><td>第{number}行，骉龘</td></tr>" for number in range(100))
    body = await press.print(f"<style>body {{ font-family: 'Noto Sans CJK SC' }}</style><table>{rows}</table>")
    read = pypdf.PdfReader(io.BytesIO(body))
    assert len(read.pages) > 1
    text = "".join(page.extract_text() for page in read.pages)
    assert "第99行，骉龘" in text


async def test_nothing_outside_is_loaded(press: Press, tmp_path: Path) -> None:
    secret = tmp_path / "secret.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg"><text>SECRET</text></svg>')
    plain = await press.print("<p>x</p>")
    for html in (f"<img src='{secret.as_uri()}'><p>x</p>", f"<link rel=attachment href='{secret.as_uri()}'><p>x</p>"):
        body = await press.print(html)
        assert b"SECRET" not in body
        assert not pypdf.PdfReader(io.BytesIO(body)).attachments
        assert abs(len(body) - len(plain)) < 600


async def test_without_pango_it_says_so(press: Press, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake = tmp_path / "weasyprint"
    fake.mkdir()
    (fake / "__init__.py").write_text("raise OSError(\"cannot load library 'libpango-1.0-0'\")\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(Unavailable, match=r"paper\.no_pango"):
        await press.print("<p>中</p>")


async def test_without_a_chinese_font_it_says_so(press: Press, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    none = tmp_path / "fonts.conf"
    none.write_text("<?xml version='1.0'?><fontconfig><cachedir>/nonexistent</cachedir></fontconfig>")
    monkeypatch.setenv("FONTCONFIG_FILE", str(none))
    with pytest.raises(Unavailable, match=r"paper\.no_font"):
        await press.print("<p>中</p>")


async def test_a_press_that_died_is_told_and_the_next_page_gets_a_new_one(press: Press) -> None:
    await press.print("<p>x</p>")
    assert press._pool is not None
    for process in press._pool._processes.values():
        process.kill()
    with pytest.raises(Unavailable, match=r"paper\.failed"):
        await press.print("<p>x</p>")
    assert (await press.print("<p>x</p>")).startswith(b"%PDF")


async def test_a_page_that_takes_too_long_is_given_up(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("meetinghub.paper.PATIENCE", 0.01)
    with pytest.raises(Unavailable, match=r"paper\.failed"):
        await press.print("<p>x</p>" * 1000)
    assert press._pool is None


async def test_the_loop_goes_on_while_a_page_is_made(press: Press) -> None:
    making = asyncio.create_task(press.print("<p>中</p>"))
    turns = 0
    while not making.done():
        turns += 1
        await asyncio.sleep(0.01)
    assert turns > 3
    assert making.result().startswith(b"%PDF")


async def test_a_press_whose_web_process_was_killed_ends_with_it() -> None:
    parent = multiprocessing.get_context("spawn")
    receiver, sender = parent.Pipe(duplex=False)
    web = parent.Process(target=_print_and_wait, args=(sender,))
    web.start()
    press = await asyncio.to_thread(receiver.recv)
    web.kill()
    await asyncio.to_thread(web.join)
    for _ in range(600):
        if not _lives(press):
            return
        await asyncio.sleep(0.05)
    pytest.fail("it is still there")


def _lives(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


def _print_and_wait(sender: Connection) -> None:
    async def printing() -> None:
        press = Press()
        await press.print("<p>x</p>")
        assert press._pool is not None
        (number,) = press._pool._processes
        sender.send(number)
        await asyncio.sleep(600)

    asyncio.run(printing())
