"""``verify``: holds the ledger against its chain and the checkpoints kept outside it, minutes and documents against the
ledger, and says what it found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from meetinghub import schema
from meetinghub.bridges.bound import Bound, Fault, Unbound, bound
from meetinghub.clock import SHANGHAI
from meetinghub.config import Config, ConfigError
from meetinghub.db import Database
from meetinghub.files.shelf import Shelf
from meetinghub.ledger.audit import BadFact, Wrong
from meetinghub.ledger.checkpoint import Checkpoint, entries, parse_short
from meetinghub.ledger.checkpoints import FILE, verifier
from meetinghub.ledger.note import Signed, Verifier
from meetinghub.ledger.ranges import verify_all
from meetinghub.ledger.verify import Contradicted, Whole, missing_guards

_WRONG = {
    Wrong.CHANGED: ("与写入时不一样", "is not as it was written"),
    Wrong.MISSING: ("不见了", "is missing"),
    Wrong.INSERTED: ("是后来插进去的", "was put in later"),
    Wrong.REORDERED: ("不在原来的位置", "does not stand where it was written"),
    Wrong.NOT_CANONICAL: ("写法不规范", "is not spelt canonically"),
    Wrong.UNREADABLE: ("读不出来，数据库文件损坏", "cannot be read: the database is damaged"),
}


_UNBOUND = {
    Fault.EDITION_CHANGED: ("会议 {meeting} 的第 {subject} 版纪要", "edition {subject} of meeting {meeting}'s minutes"),
    Fault.EDITION_MISSING: ("会议 {meeting} 的第 {subject} 版纪要", "edition {subject} of meeting {meeting}'s minutes"),
    Fault.TASK_CHANGED: ("会议 {meeting} 的任务 {subject}", "task {subject} of meeting {meeting}"),
    Fault.DOCUMENT_CHANGED: ("会议 {meeting} 的材料 {subject}", "document {subject} of meeting {meeting}"),
    Fault.FILE_CHANGED: (
        "会议 {meeting} 的材料 {subject} 的文件",
        "the file of document {subject} of meeting {meeting}",
    ),
    Fault.FILE_MISSING: (
        "会议 {meeting} 的材料 {subject} 的文件",
        "the file of document {subject} of meeting {meeting}",
    ),
}
_GONE = {Fault.EDITION_MISSING, Fault.FILE_MISSING}


@dataclass
class Evidence:
    """What was kept outside the database: ``kept`` checkpoints whose signature is right, ``papers`` as typed off."""

    kept: list[Checkpoint] = field(default_factory=list)
    papers: list[tuple[int, bytes]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    own: Verifier | None = None

    def watched(self) -> dict[int, list[bytes]]:
        found: dict[int, list[bytes]] = {}
        for number, seen in [*((each.facts, each.head) for each in self.kept), *self.papers]:
            found.setdefault(number, []).append(seen)
        return found


def run(config: Config, *, checkpoints: str | None = None, key: Sequence[str] = (), paper: Sequence[str] = ()) -> int:
    """Print what was found; 0 when the ledger is whole, 1 when it or a checkpoint is not as it should be."""
    schema.require_current(config.database_url)
    evidence = gather(config.data_dir, Path(checkpoints) if checkpoints else None, key, paper)
    database = Database(config.database_url)
    try:
        found = verify_all(database, evidence.watched())
        with Session(database.reader) as session:
            missing = missing_guards(session)
            kept = bound(session, Shelf(config.data_dir / "files")) if isinstance(found, Whole) else None
    finally:
        database.close()
    if missing:
        names = ", ".join(missing)
        evidence.remarks.append(f"数据库的防改触发器不见了：{names}。Triggers that refuse changes are gone: {names}.")
    print(*report(found, evidence), *([] if kept is None else [_kept(kept)]), sep="\n")
    return 0 if isinstance(kept, Bound) and not evidence.faults else 1


def gather(data_dir: Path, file: Path | None, keys: Sequence[str], papers: Sequence[str]) -> Evidence:
    """Read everything that the ledger will be held against. Raises :class:`ConfigError` for what cannot be read."""
    evidence = Evidence()
    try:
        known = [Verifier.parse(key) for key in keys]
        evidence.papers = [parse_short(paper) for paper in papers]
    except ValueError as error:
        raise ConfigError([f"看不懂：{error}。Cannot be understood: {error}."]) from error
    own = evidence.own = verifier(data_dir)
    path = file or data_dir / FILE
    if file is None and not path.exists():
        return evidence
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise ConfigError([f"读不了 {path}：{error.strerror}。Cannot be read."]) from error
    for line, checkpoint, signed in entries(text, [*known, *([own] if own else [])]):
        where = (f"{path} 第 {line} 行", f"line {line} of {path}")
        match signed:
            case Signed.GOOD if checkpoint is not None:
                evidence.kept.append(checkpoint)
            case Signed.ABSENT:
                evidence.remarks.append(
                    f"{where[0]}：没有写完的校验点，不作数。At {where[1]}: half a checkpoint, ignored."
                )
            case Signed.UNKNOWN:
                evidence.faults.append(
                    f"{where[0]}：校验点由别的密钥签名；要用它请给 --key。"
                    f"At {where[1]}: a checkpoint signed with another key; give it with --key."
                )
            case Signed.BAD | Signed.GOOD:
                evidence.faults.append(
                    f"{where[0]}：校验点的签名不对，被改过。At {where[1]}: a checkpoint whose signature is wrong."
                )
    return evidence


def report(found: Whole | BadFact | Contradicted, evidence: Evidence) -> Iterable[str]:
    """What to print: the finding first."""
    match found:
        case Whole():
            yield (
                f"台账完好：{found.facts} 条事实，每条都与写入时一样。"
                f"The ledger is whole: {found.facts} facts, each as it was written."
            )
            yield _against(evidence)
        case BadFact():
            zh, en = _WRONG[found.wrong]
            kind = f" ({found.kind})" if found.kind else ""
            yield (
                f"台账有问题：第 {found.number} 条事实{kind}{zh}。"
                f"The ledger is not whole: fact {found.number}{kind} {en}."
            )
        case Contradicted():
            yield _contradiction(found, evidence)
    yield from evidence.faults
    yield from evidence.remarks
    if evidence.own:
        yield f"本台账校验点的公钥 Its checkpoints are signed with: {evidence.own}"


def _kept(found: Bound | Unbound) -> str:
    """Texts and files lie outside the chain; a fact has their digest."""
    match found:
        case Bound(editions=editions, documents=documents):
            return (
                f"纪要 {editions} 版、会议材料 {documents} 份，都与台账相符。"
                f"Editions of minutes: {editions}, documents: {documents}; all as the ledger says."
            )
        case Unbound():
            zh, en = (text.format(meeting=found.meeting, subject=found.subject) for text in _UNBOUND[found.fault])
            gone = found.fault in _GONE
            return (
                f"{zh}{'不见了' if gone else '与发布时不一样'}（台账第 {found.number} 条事实）。"
                f"Fact {found.number} says otherwise: {en} {'is missing' if gone else 'is not as it was published'}."
            )


def _against(evidence: Evidence) -> str:
    if not evidence.kept and not evidence.papers:
        return "没有校验点可比，末尾若被截去看不出来。There was no checkpoint: a cut end would not show."
    newest = max([each.facts for each in evidence.kept] + [number for number, _ in evidence.papers])
    count = len(evidence.kept) + len(evidence.papers)
    return (
        f"与 {count} 个校验点相符，最新的到第 {newest} 条。"
        f"It agrees with {count} checkpoint(s), the newest of {newest} facts."
    )


def _contradiction(found: Contradicted, evidence: Evidence) -> str:
    at = max((each.at for each in evidence.kept if each.facts == found.at_number), default=None)
    zh, en = (
        ("纸上的校验点", "the checkpoint on paper")
        if at is None
        else (f"{_minute(at)} 的校验点", f"the checkpoint of {_minute(at)}")
    )
    if found.at_number > found.facts:
        return (
            f"台账有问题：{zh}记有 {found.at_number} 条事实，台账只有 {found.facts} 条，末尾被截去。"
            f"The ledger is not whole: {en} says {found.at_number} facts, the ledger has {found.facts}; "
            "its end was cut off."
        )
    agreed = max([number for number in evidence.watched() if number < found.at_number], default=0)
    return (
        f"台账有问题：{zh}与第 {found.at_number} 条事实不符，第 {agreed + 1} 至 {found.at_number} 条之间被重写过。"
        f"The ledger is not whole: {en} saw another fact {found.at_number}; "
        f"something from fact {agreed + 1} to fact {found.at_number} was written anew."
    )


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
