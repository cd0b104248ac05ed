"""How items are written down: their wording and files as JSON, and as what a search is held against."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Any

from digest.model import Attachment, Kind, Link, LinkKind, Wording, audience_json, audience_of
from meetinghub.files import kinds


def wording_json(wording: Wording) -> dict[str, Any]:
    return {
        "title": wording.title,
        "text": wording.text,
        "kind": wording.kind.value,
        "due_on": wording.due_on.isoformat() if wording.due_on else "",
        "due_at": time_text(wording.due_at),
        "audiences": [audience_json(each) for each in wording.audiences],
        "link_kind": wording.link.kind.value,
        "link_target": wording.link.target,
    }


def wording_of(value: Mapping[str, Any]) -> Wording:
    return Wording(
        title=value["title"],
        text=value["text"],
        kind=Kind(value["kind"]),
        due_on=date.fromisoformat(value["due_on"]) if value["due_on"] else None,
        due_at=time_of(value["due_at"]),
        audiences=tuple(audience_of(each) for each in value["audiences"]),
        link=Link(LinkKind(value["link_kind"]), value["link_target"]),
    )


def file_json(file: Attachment) -> dict[str, Any]:
    return {
        "id": file.id,
        "name": file.name,
        "ending": file.kind.ending,
        "bytes": file.bytes,
        "digest": file.digest,
    }


def file_of(value: Mapping[str, Any]) -> Attachment:
    return Attachment(value["id"], value["name"], kinds.of_ending(value["ending"]), value["bytes"], value["digest"])


def time_text(moment: time | None) -> str:
    """``17:00``; empty for none."""
    return moment.isoformat("minutes") if moment else ""


def time_of(text: str) -> time | None:
    return time.fromisoformat(text) if text else None


def folded(text: str) -> str:
    """In one width, one case and with single spaces: what is searched and what it is searched in."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def searched(wording: Wording, departments: Iterable[str], files: Iterable[Attachment] = ()) -> str:
    return folded(" ".join((wording.title, wording.text, *departments, *(each.name for each in files))))
