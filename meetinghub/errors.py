"""Every failure that a caller is expected to meet.

::

    Error                     carries a stable code and what a message needs to be worded
    ├── Refused               a rule says no; the person can read why              409
    │   └── Stale             somebody else was faster                             409
    ├── Invalid               what was typed cannot be used, field by field        422
    ├── Malformed             what a programme sent cannot even be read            400
    ├── Unsupported           … or is of another kind than we read                 415
    ├── Outdated              it was meant for an older state of the thing         412
    ├── Unconditional         it does not say for which state it is meant          428
    ├── Unauthenticated       nobody is signed in                                  401
    ├── Forbidden             signed in, but not allowed                           403
    ├── NotFound              no such thing, or not for this person                404
    ├── TooMany               a rate limit                                         429
    └── Unavailable           a part we depend on does not answer                  503

The web edge renders them in one place; anything else that escapes is a bug and becomes a 500 with an id.
Codes are dotted, lower case and never change: they are the keys of the translated messages.
"""

from __future__ import annotations

from collections.abc import Mapping


class Error(Exception):
    """Base of all expected failures. ``code`` is stable, ``values`` fill the placeholders of its message."""

    status = 500

    def __init__(self, code: str, /, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values: Mapping[str, object] = values


class Refused(Error):
    status = 409


class Stale(Refused):
    pass


class Invalid(Error):
    """``fields`` maps a field's name to the code of its message."""

    status = 422

    def __init__(
        self, code: str = "form.invalid", /, *, fields: Mapping[str, str] | None = None, **values: object
    ) -> None:
        super().__init__(code, **values)
        self.fields: Mapping[str, str] = dict(fields or {})


class Malformed(Error):
    status = 400


class Unsupported(Error):
    status = 415


class Outdated(Error):
    status = 412


class Unconditional(Error):
    status = 428


class Unauthenticated(Error):
    status = 401


class Forbidden(Error):
    status = 403


class NotFound(Error):
    status = 404


class TooMany(Error):
    """``retry_after`` is in seconds."""

    status = 429

    def __init__(self, code: str, /, *, retry_after: int, **values: object) -> None:
        super().__init__(code, retry_after=retry_after, **values)
        self.retry_after = retry_after


class Unavailable(Error):
    status = 503
