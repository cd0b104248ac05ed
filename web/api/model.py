"""What every request's and answer's shape is made of. The same classes read input and are the published document."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints
from pydantic_core import PydanticCustomError

MOST_NUMBER = 999_999_999
FIRST_YEAR, LAST_YEAR = 2000, 2100
_LINE = r"^[^\u0000-\u001f\u007f]*$"
_PARAGRAPH = r"^[^\u0000-\u0008\u000b-\u001f\u007f]*$"


class Model(BaseModel):
    """A field that is not known is refused: a misspelt one would otherwise be left out without a word."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def _plausible(value: datetime) -> datetime:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise PydanticCustomError("date_out_of_range", "implausible year")
    return value


def _plausible_day(value: date) -> date:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise PydanticCustomError("date_out_of_range", "implausible year")
    return value


def _utc(value: datetime) -> str:
    """RFC 3339 in UTC, so that equal moments are equal texts."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


Number = Annotated[int, Field(ge=1, le=MOST_NUMBER)]
Moment = Annotated[
    AwareDatetime,
    AfterValidator(_plausible),
    PlainSerializer(_utc, when_used="json"),
    Field(json_schema_extra={"format": "date-time"}, description="RFC 3339, with its offset; answers are in UTC."),
]
Day = Annotated[date, AfterValidator(_plausible_day), Field(description="A date in Shanghai.")]
Line = Annotated[str, StringConstraints(max_length=80, pattern=_LINE)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=_LINE)]
Reason = Annotated[str, StringConstraints(max_length=200, pattern=_PARAGRAPH)]
Paragraph = Annotated[str, StringConstraints(max_length=400, pattern=_PARAGRAPH)]


class FieldProblem(Model):
    """``field`` is its path in what was sent: ``own.items.0.title``."""

    field: str
    code: str
    detail: str


class Problem(Model):
    """RFC 9457. ``code`` is stable and the same on the pages; ``title`` and ``detail`` are in the asked language."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)

    type: str
    title: str
    status: int
    detail: str
    code: str
    request: Annotated[str, Field(description="To be told to the administrator, who finds the request by it.")]
    errors: list[FieldProblem] = Field(default_factory=list)


class Audience(Model):
    """Roles x committees x business line."""

    roles: list[str]
    line: Annotated[str, Field(description="Narrows line workers; empty: those of every line.")]
