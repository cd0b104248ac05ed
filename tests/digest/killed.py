"""The worker as it is in earnest, which kills itself at one point: ``python -m tests.digest.killed POINT N``.

N: the how-many-th time it comes there. Nothing else is changed; it is killed as by ``kill -9``.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

from digest import issue_store
from digest.sending import Sending
from meetinghub import working
from meetinghub.config import from_env
from meetinghub.mail import outbox, store
from meetinghub.mail.mailer import Mailer

INSIDE: dict[str, tuple[Any, str]] = {
    "sending": (issue_store, "set_sent"),
    "claiming": (outbox, "claim"),
    "handing over": (store, "hand_over"),
    "finishing": (outbox, "finish"),
}
"""In a transaction, after that function and before the commit."""
AFTER: dict[str, tuple[Any, str]] = {
    "sent": (Sending, "_do"),
    "claimed": (Mailer, "_claim"),
    "envelope": (Mailer, "_envelope"),
    "message": (Mailer, "_message"),
    "finished": (Mailer, "_finish"),
}
"""After what that method does, transactions included."""
BEFORE: dict[str, tuple[Any, str]] = {"handed over": (Mailer, "_message")}
POINTS = (*INSIDE, *AFTER, *BEFORE)


def main(point: str, number: int) -> None:
    left = number

    def here() -> None:
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    if point in INSIDE:
        owner, name = INSIDE[point]
        setattr(owner, name, _then(getattr(owner, name), here))
    elif point in AFTER:
        owner, name = AFTER[point]
        setattr(owner, name, _then_later(getattr(owner, name), here))
    else:
        owner, name = BEFORE[point]
        setattr(owner, name, _first(getattr(owner, name), here))
    asyncio.run(working.work(from_env(os.environ)))


def _then(function: Callable[..., Any], act: Callable[[], None]) -> Callable[..., Any]:
    @wraps(function)
    def both(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        act()
        return result

    return both


def _then_later(function: Callable[..., Any], act: Callable[[], None]) -> Callable[..., Any]:
    @wraps(function)
    async def both(*args: Any, **kwargs: Any) -> Any:
        result = await function(*args, **kwargs)
        act()
        return result

    return both


def _first(function: Callable[..., Any], act: Callable[[], None]) -> Callable[..., Any]:
    @wraps(function)
    async def both(*args: Any, **kwargs: Any) -> Any:
        act()
        return await function(*args, **kwargs)

    return both


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
