"""Festivals whose dates are known before anybody announces how the days around them are moved.

《全国年节及纪念日放假办法》 (as revised from 2025): New Year 1 day, Spring Festival from its eve to the third day,
Qingming 1, Labour Day 1 and 2 May, Dragon Boat 1, Mid-Autumn 1, National Day 1 to 3 October.
"""

from __future__ import annotations

from datetime import date, timedelta

LUNAR = {
    # year: first day of the first month, fifth of the fifth, fifteenth of the eighth
    2027: (date(2027, 2, 6), date(2027, 6, 9), date(2027, 9, 15)),
    2028: (date(2028, 1, 26), date(2028, 5, 28), date(2028, 10, 3)),
    2029: (date(2029, 2, 13), date(2029, 6, 16), date(2029, 9, 22)),
    2030: (date(2030, 2, 3), date(2030, 6, 5), date(2030, 9, 12)),
    2031: (date(2031, 1, 23), date(2031, 6, 24), date(2031, 10, 1)),
    2032: (date(2032, 2, 11), date(2032, 6, 12), date(2032, 9, 19)),
    2033: (date(2033, 1, 31), date(2033, 6, 1), date(2033, 9, 8)),
    2034: (date(2034, 2, 19), date(2034, 6, 20), date(2034, 9, 27)),
    2035: (date(2035, 2, 8), date(2035, 6, 10), date(2035, 9, 16)),
    2036: (date(2036, 1, 28), date(2036, 5, 30), date(2036, 10, 4)),
}
"""Outside of these years only festivals of the common calendar are known."""

ONE_DAY = timedelta(days=1)


def festivals(year: int) -> dict[date, str]:
    """Day → the festival's Chinese name. Days that are moved around it are never known beforehand."""
    found = {date(year, 1, 1): "元旦", qingming(year): "清明节"}
    found |= {date(year, 5, day): "劳动节" for day in (1, 2)}
    if year in LUNAR:
        spring, boat, autumn = LUNAR[year]
        found |= {spring + number * ONE_DAY: "春节" for number in range(-1, 3)}
        found |= {boat: "端午节", autumn: "中秋节"}
    return found | {date(year, 10, day): "国庆节" for day in (1, 2, 3)}


def qingming(year: int) -> date:
    """The day on which the sun's longitude reaches 15° in China; the rule of thumb is exact from 2000 to 2099."""
    since = year - 2000
    return date(year, 4, int(since * 0.2422 + 4.81) - since // 4)
