"""The figures of the account as a reader sees them: figure, unit, what it is compared with, and what it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from meetinghub.burden.figures import Figure, daily, least_attendances
from meetinghub.burden.service import Statement
from meetinghub.words import Words
from web.burden import amount, day


@dataclass(frozen=True, slots=True)
class Stat:
    """``parts``: the same once more as figure and unit, where two stand side by side. ``share`` draws a bar, per cent.

    ``numerator`` and ``denominator`` say what was counted; the latter is empty where the figure is no ratio.
    """

    figure: Figure
    name: str
    parts: tuple[tuple[str, str], ...]
    note: str
    numerator: str
    denominator: str = ""
    share: int | None = None


def stats(words: Words, of: Statement) -> list[Stat]:
    """All figures of a view, in the order of the page."""
    last = _calls(words, of) if of.view.committee is not None else _refused(words, of)
    found = [_attendances(words, of), _daily(words, of), _rides(words, of), _addressed(words, of)]
    return [*found, _sittings(words, of), _minutes(words, of), _trips(words, of), last]


def calendar(words: Words, of: Statement) -> str:
    """Where the working days are from, and which years have no table yet."""
    first, last = day(words, of.days.first), day(words, of.days.last)
    said = [words("burden.calendar_days", count=of.days.days, first=first, last=last)]
    said += [words("burden.calendar_source", source=source) for source in dict.fromkeys(of.days.sources)]
    said += [words("burden.calendar_unconfirmed", year=year) for year in of.days.unconfirmed]
    return words("burden.joint").join(said)


def survey(words: Words, of: Statement) -> str:
    """What the survey counted, in its own words; empty while there is none."""
    if of.survey is None:
        return ""
    found = of.survey.baseline
    return words(
        "burden.survey",
        first=day(words, found.period_from),
        last=day(words, found.period_to),
        meetings=words("burden.survey_meetings", amount=amount(found.meetings)),
        all=amount(found.meetings_for_all),
        committees=found.committees,
        days=words("burden.of_working_days", count=of.survey.days),
        least=amount(least_attendances(found)),
        source=found.source,
    )


def rate(value: Fraction | None) -> str:
    """Two decimals; a dash for what nobody measured."""
    return "–" if value is None else f"{float(value):.2f}"


def percent(value: Fraction | None) -> str:
    return "–" if value is None else f"{round(100 * value)}%"


def _attendances(words: Words, of: Statement) -> Stat:
    made = words.many("burden.made_attendances", of.totals.attendances, amount=amount(of.totals.attendances))
    if of.totals.call_attendances:
        made += words.many("burden.made_calls", of.totals.call_attendances)
    return Stat(
        Figure.ATTENDANCES,
        words("burden.attendances"),
        ((amount(of.totals.attendances), words.many("burden.unit_attendances", of.totals.attendances)),),
        _compared(words, of, of.totals.attendances, of.before.attendances),
        made,
    )


def _daily(words: Words, of: Statement) -> Stat:
    whole = of.committees * of.days.days
    each = daily(of.totals.attendances, of.committees, of.days.days)
    note = words("burden.survey_not_so" if of.surveyed else "burden.no_survey")
    if of.survey is not None:
        key = "burden.survey_daily" if of.survey.exact else "burden.survey_daily_least"
        note = words(key, rate=rate(of.survey.daily))
    return Stat(
        Figure.DAILY,
        words("burden.daily_own" if of.view.committee is not None else "burden.daily"),
        ((rate(each), words("burden.unit_sittings")),),
        note,
        words.many("burden.made_attendances", of.totals.attendances, amount=amount(of.totals.attendances)),
        words(
            "burden.of_days",
            amount=amount(whole),
            committees=words("burden.street_of", count=of.committees),
            days=words("burden.of_working_days", count=of.days.days),
        ),
    )


def _rides(words: Words, of: Statement) -> Stat:
    rides, own = of.totals.rides, of.totals.sittings
    share = of.totals.ride_share
    return Stat(
        Figure.RIDES,
        words("burden.rides"),
        ((amount(rides), words.many("burden.unit_rides", rides)), (amount(own), words("burden.unit_own"))),
        words("burden.ride_share", percent=percent(share)),
        words.many("burden.made_rides", rides),
        words(
            "burden.of_rides",
            amount=amount(rides + own),
            rides=words("burden.of_ride_items", amount=amount(rides)),
            own=words("burden.of_own_meetings", amount=amount(own)),
        ),
        None if share is None else round(100 * share),
    )


def _addressed(words: Words, of: Statement) -> Stat:
    if of.totals.untold:
        return _untold(words, of, Figure.ADDRESSED)
    measured = of.totals.measured
    addressed, sat = amount(measured.addressed // 60), amount(measured.sat // 60)
    return Stat(
        Figure.ADDRESSED,
        words("burden.addressed"),
        ((percent(of.totals.addressed), words("burden.unit_addressed", addressed=addressed, sat=sat)),),
        words("burden.survey_did_not_ask") if of.surveyed else words("burden.addressed_note"),
        words("burden.made_addressed", amount=addressed),
        words("burden.of_addressed", amount=sat),
    )


def _sittings(words: Words, of: Statement) -> Stat:
    note = words("burden.before", amount=amount(of.before.sittings))
    if of.survey is not None and of.view.committee is None:
        expected = round(of.survey.sittings)
        note = words(
            "burden.survey_sittings", amount=amount(expected), fewer=_fewer(words, of.totals.sittings, expected)
        )
    if of.totals.calls and of.view.committee is None:
        note = words.many("burden.besides_calls", of.totals.calls) + note
    return Stat(
        Figure.SITTINGS,
        words("burden.sittings"),
        ((amount(of.totals.sittings), words.many("burden.unit_sittings", of.totals.sittings)),),
        note,
        words.many("burden.made_sittings", of.totals.sittings),
    )


def _minutes(words: Words, of: Statement) -> Stat:
    if of.totals.untold:
        return _untold(words, of, Figure.MINUTES)
    note = words.many("burden.persons", of.totals.whole.persons, amount=amount(of.totals.whole.persons))
    if of.totals.uncounted:
        note += words.many("burden.uncounted", of.totals.uncounted)
    return Stat(
        Figure.MINUTES,
        words("burden.minutes"),
        ((amount(of.totals.minutes), words.many("burden.unit_minutes", of.totals.minutes)),),
        note,
        words("burden.made_minutes", amount=amount(of.totals.minutes)),
    )


def _trips(words: Words, of: Statement) -> Stat:
    if of.totals.untold:
        return _untold(words, of, Figure.TRIPS)
    whole = of.totals.whole
    stayed = whole.persons - whole.trips
    note = words.many("burden.stayed", stayed, amount=amount(stayed))
    if of.totals.uncounted:
        note += words.many("burden.uncounted", of.totals.uncounted)
    return Stat(
        Figure.TRIPS,
        words("burden.trips"),
        ((amount(whole.trips), words.many("burden.unit_trips", whole.trips)),),
        note,
        words.many("burden.made_trips", whole.trips),
    )


def _untold(words: Words, of: Statement, figure: Figure) -> Stat:
    """Brought-in history says whom a meeting called, and of how many came nothing: that is unknown, not none."""
    said = words.many("burden.all_untold", of.totals.uncounted)
    unit = "" if figure is Figure.ADDRESSED else words(f"burden.unit_{figure}")  # its unit names minutes
    return Stat(figure, words(f"burden.{figure}"), (("–", unit),), said, said)


def _refused(words: Words, of: Statement) -> Stat:
    whole = sum(of.refused.values())
    said = [words.many(f"burden.refused_by_{why}", count) for why, count in sorted(of.refused.items())]
    return Stat(
        Figure.REFUSED,
        words("burden.refused"),
        ((amount(whole), words.many("burden.unit_refused", whole)),),
        words("page.comma").join(said) or words("burden.refused_none"),
        words.many("burden.made_refused", whole),
    )


def _calls(words: Words, of: Statement) -> Stat:
    return Stat(
        Figure.CALLS,
        words("burden.calls"),
        ((amount(of.totals.calls), words.many("burden.unit_calls", of.totals.calls)),),
        words("burden.calls_note"),
        words.many("burden.made_call_rows", of.totals.calls),
    )


def _compared(words: Words, of: Statement, now: int, before: int) -> str:
    """Beside the survey, brought to as many working days; without one, beside the period before."""
    if of.survey is None:
        return words("burden.before", amount=amount(before))
    expected, fewer = round(of.survey.attendances), of.survey.fewer(now)
    least = "burden.survey_exactly" if of.survey.exact else "burden.survey_least"
    said = words(least, amount=amount(expected))
    return said if fewer is None else said + "".join(_by(words, fewer, least=not of.survey.exact))


def _fewer(words: Words, now: int, expected: int) -> str:
    return "".join(_by(words, round(100 * (1 - Fraction(now, expected))), least=False)) if expected else ""


def _by(words: Words, fewer: int, *, least: bool) -> Iterator[str]:
    """Nothing is said of no difference. Against the least the survey allows, a decrease is one of at least so much; an
    increase is not said, for it may be none."""
    if fewer > 0:
        yield words("burden.fewer_at_least" if least else "burden.fewer", percent=fewer)
    elif fewer < 0 and not least:
        yield words("burden.more", percent=-fewer)
