"""Tokens for PostgreSQL's text search: single characters, every reading of the pinyin, initials, tails of numbers."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import product

from pypinyin import Style, pinyin

#: Readings that surnames have beside the ordinary ones.
SURNAMES = {
    "曾": "zeng", "单": "shan", "解": "xie", "仇": "qiu", "区": "ou", "盖": "ge", "查": "zha", "任": "ren", "华": "hua", "朴": "piao",
    "尉": "yu", "乐": "yue", "翟": "zhai", "缪": "miao", "洗": "xian", "冼": "xian", "员": "yun", "黑": "he", "秘": "bi", "折": "she",
}  # fmt: skip
CHINESE = re.compile(r"[\u3400-\u9fff]")
WORD = re.compile(r"[a-z0-9]+")
SHORT, TAIL = 6, 4
#: PostgreSQL's limits on a lexeme's length, its places in a vector, and the last place it counts.
MOST_LETTERS, MOST_PLACES, LAST_PLACE = 500, 200, 16_383


def document(*, texts: list[str], names: list[str] | None = None, numbers: list[str] | None = None) -> str:
    """Return the words to index, with blanks between.

    Args:
        texts: free text, indexed by character and word.
        names: names, indexed by pinyin and initials too.
        numbers: phone and record numbers, indexed whole and by their last digits.
    """
    words: list[str] = []
    for text in [*texts, *(names or ())]:
        words += characters(text)
    for name in names or ():
        words += readings(name)
    for number in numbers or ():
        digits = re.sub(r"\D", "", number)
        words += [digits, digits[-TAIL:], digits[-SHORT:]] if digits else []
        words += WORD.findall(number.lower())
    return " ".join(word for word in words if word)


def vector(words: str) -> str:
    """Return words as the text of a tsvector with their positions; the words are plain, as ``document`` makes them."""
    places: dict[str, list[str]] = {}
    for place, word in enumerate(words.split(), start=1):
        if len(found := places.setdefault(word[:MOST_LETTERS], [])) < MOST_PLACES:
            found.append(str(min(place, LAST_PLACE)))
    return " ".join(f"'{word}':{','.join(found)}" for word, found in places.items())


def characters(text: str) -> list[str]:
    """Return a text's Chinese characters one by one and its other words whole, in order."""
    return re.findall(r"[\u3400-\u9fff]|[a-z0-9]+", text.lower())


@lru_cache(maxsize=4096)
def readings(name: str) -> tuple[str, ...]:
    """Return a name's pinyin and initials, with every reading that its surname has."""
    short = "".join(CHINESE.findall(name))[:4]
    if not short:
        return ()
    syllables = [list(dict.fromkeys(options))[:2] for options in pinyin(short, style=Style.NORMAL, heteronym=True)]
    surname = SURNAMES.get(short[0])
    if surname:
        syllables[0] = list(dict.fromkeys([surname, *syllables[0]]))
    found: list[str] = []
    for combination in list(product(*syllables))[:8]:
        found += ["".join(combination), "".join(part[0] for part in combination)]
    return tuple(dict.fromkeys(found))


def query_for(text: str) -> str:
    """Return a raw tsquery for what was typed: Chinese characters in sequence, words by their beginning.

    Nothing searchable gives an empty text. Every character that means something to tsquery is left out, so that nothing typed can break it.
    """
    pieces = re.findall(r"[\u3400-\u9fff]+|[a-z0-9]+", text.lower())
    parts = [" <-> ".join(piece) if CHINESE.match(piece) else f"{piece}:*" for piece in pieces]
    return " & ".join(f"({part})" for part in parts)
