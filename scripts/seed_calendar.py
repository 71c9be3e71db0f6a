"""Write src/guiju/rulebook/calendars/cn.yaml from two independent packages, after comparing them day by day.

``chinesecalendar`` knows the published breaks with their weekends; ``holidays`` tells statutory days, their
compensation and swapped rest days apart and derives the statutory days of years that are not published yet. Where the
two disagree on whether a day is worked, a ruling with its source must stand in ``RULINGS``; otherwise the script stops.

Run: ``python scripts/seed_calendar.py`` (``--check`` compares with the stored file and changes nothing).
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar.constants as published
import holidays

TARGET = Path(__file__).resolve().parent.parent / "src/guiju/rulebook/calendars/cn.yaml"
OFFICIAL = range(2004, 2027)
PROVISIONAL = range(2027, 2041)
KINDS = ("statutory", "compensatory", "decreed", "in_lieu", "weekend", "makeup")

# Worked or not, where the packages differ: date -> (worked, festival, source).
RULINGS = {date(2005, 12, 31): (True, "new_year", "国办发明电〔2005〕35号")}

NAMES = {
    "new_year": ("元旦", "New Year's Day"),
    "spring_festival": ("春节", "Spring Festival"),
    "tomb_sweeping": ("清明节", "Tomb-Sweeping Day"),
    "labour_day": ("劳动节", "Labour Day"),
    "dragon_boat": ("端午节", "Dragon Boat Festival"),
    "mid_autumn": ("中秋节", "Mid-Autumn Festival"),
    "national_day": ("国庆节", "National Day"),
    "mid_autumn_national": ("中秋节、国庆节", "Mid-Autumn Festival and National Day"),
    "victory_70": ("抗战胜利70周年纪念日", "70th anniversary of victory in the War of Resistance"),
}
BY_PUBLISHED = {
    "New Year's Day": "new_year",
    "Spring Festival": "spring_festival",
    "Tomb-sweeping Day": "tomb_sweeping",
    "Labour Day": "labour_day",
    "Dragon Boat Festival": "dragon_boat",
    "Mid-autumn Festival": "mid_autumn",
    "National Day": "national_day",
    "Anti-Fascist 70th Day": "victory_70",
}
BY_TITLE = {
    "元旦": "new_year",
    "农历除夕": "spring_festival",
    "春节": "spring_festival",
    "春节延长假期": "spring_festival",
    "清明节": "tomb_sweeping",
    "劳动节": "labour_day",
    "端午节": "dragon_boat",
    "中秋节": "mid_autumn",
    "国庆节": "national_day",
    "中秋节; 国庆节": "mid_autumn_national",
    "中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日": "victory_70",
}
DECREED = ("春节延长假期", "中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日")
COMPENSATED = "（补假）"
SWAPPED = "休息日（"

Table = dict[int, dict[str, dict[str, list[date]]]]


def days(years: Iterable[int]) -> Iterable[date]:
    """Yield every day of the years."""
    for year in years:
        first = date(year, 1, 1)
        yield from (first + timedelta(n) for n in range((date(year + 1, 1, 1) - first).days))


def classify(day: date, titles: holidays.HolidayBase) -> tuple[str, str] | None:
    """Return (kind, festival) of a special day of a published year, or None for an ordinary one.

    Raises:
        SystemExit: the packages disagree and no ruling says which is right.
    """
    worked = day in published.workdays or (day.weekday() < 5 and day not in published.holidays)
    if worked != titles.is_working_day(day):
        if day not in RULINGS:
            raise SystemExit(f"{day}: the packages disagree; look the notice up and add a ruling")
        worked, festival, _source = RULINGS[day]
        return ("makeup", festival) if worked and day.weekday() >= 5 else None
    if worked:
        return ("makeup", BY_PUBLISHED[published.workdays[day]]) if day.weekday() >= 5 else None
    title = titles.get(day)
    if title is None:
        return ("weekend", BY_PUBLISHED[published.holidays[day]]) if day in published.holidays else None
    if title.startswith(SWAPPED):
        return "in_lieu", BY_PUBLISHED[published.holidays[day]]
    return titled(title)


def titled(title: str) -> tuple[str, str]:
    """Return (kind, festival) for a title of the ``holidays`` package."""
    if title in DECREED:
        return "decreed", BY_TITLE[title]
    if title.endswith(COMPENSATED):
        return "compensatory", BY_TITLE[title.removesuffix(COMPENSATED)]
    return "statutory", BY_TITLE[title]


def table() -> Table:
    """Return year -> festival -> kind -> days."""
    result: Table = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    titles = holidays.country_holidays("CN", years=[*OFFICIAL, *PROVISIONAL], language="zh_CN")
    for day in days(OFFICIAL):
        found = classify(day, titles)
        if found:
            result[day.year][found[1]][found[0]].append(day)
    for day, title in sorted(titles.items()):
        if day.year in PROVISIONAL:
            kind, festival = titled(title)
            result[day.year][festival][kind].append(day)
    return result


def render(data: Table) -> str:
    """Return the file's text."""
    lines = [
        "# China's official calendar. Written by scripts/seed_calendar.py; run it again instead of editing.",
        "# statutory: set by law · compensatory: a working day free because the statutory day fell on a weekend ·",
        "# decreed: a single decision of the State Council · in_lieu: free, made up on another day ·",
        "# weekend: an ordinary weekend inside a break · makeup: a weekend day that is worked.",
        "# A provisional year has its statutory days only: swapped days are not published yet.",
        "code: cn",
        "title: {zh: 中国法定节假日与调休, en: Official holidays and make-up days of China}",
        "tz: Asia/Shanghai",
        "names:",
        *(f'  {key}: {{zh: {zh}, en: "{en}"}}' for key, (zh, en) in NAMES.items()),
        "years:",
    ]
    for year, festivals in sorted(data.items()):
        lines += [f"  {year}:", f"    status: {'official' if year in OFFICIAL else 'provisional'}", "    festivals:"]
        for festival in sorted(festivals, key=lambda f: min(d for ds in festivals[f].values() for d in ds)):
            lines.append(f"      {festival}:")
            for kind in KINDS:
                if festivals[festival][kind]:
                    lines.append(f"        {kind}: [{', '.join(map(str, festivals[festival][kind]))}]")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the file, or with ``--check`` say whether it is up to date (exit status 1 when not)."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare only")
    text = render(table())
    if parser.parse_args().check:
        same = TARGET.exists() and TARGET.read_text(encoding="utf-8") == text
        sys.stdout.write("up to date\n" if same else "differs\n")
        return 0 if same else 1
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{TARGET}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
