"""Patterns of form fields, tried on what customers type: only those that cannot be made to run for minutes.

The matcher goes back and forth over ambiguous repetitions: `(a+)+$` doubles its time with every character and holds all threads
meanwhile. So a repetition that may be short or long must not stand inside another repetition, and only a few may follow
each other.
"""

import re
from functools import lru_cache
from math import prod

LONGEST_PATTERN = 200
LONGEST_VALUE = 256
"""Characters of a value that is compared with a pattern."""
_WAYS = 2**24
"""Ways to divide a value among the repetitions, at most."""
_TOKEN = re.compile(
    r"(?P<escape>\\.)|(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])|(?P<special>\(\?(?!:))|(?P<open>\((?:\?:)?)|(?P<close>\))"
    r"|(?P<repeat>(?:[*+?]|\{\d+(?:,\d*)?\})\??)|(?P<branch>\|)|(?P<other>.)",
    re.DOTALL,
)


def problem(pattern: str) -> str | None:
    """Why this pattern cannot be used, to follow "The pattern ..."; None if it can."""
    if len(pattern) > LONGEST_PATTERN:
        return f"is longer than {LONGEST_PATTERN} characters"
    try:
        compiled(pattern)
    except (re.error, OverflowError, RecursionError):
        return "is not a regular expression"
    return _slow(pattern)


@lru_cache(512)
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern as browsers read it: \\d and \\w are ASCII, and $ is the very end."""
    if pattern.endswith("$") and not pattern.endswith("\\$"):
        pattern = pattern[:-1] + r"\Z"
    return re.compile(pattern, re.ASCII)


def matches(pattern: str, value: str) -> bool:
    """Whether the pattern is found in a value of at most LONGEST_VALUE characters."""
    return compiled(pattern).search(value) is not None


def _slow(pattern: str) -> str | None:
    groups, ways, last = [False], [1], False
    """Per open bracket: does it hold an ambiguity; and is the token just read such a group."""
    for token in _TOKEN.finditer(pattern):
        kind, text = token.lastgroup, token[0]
        if kind == "special" or (kind == "escape" and text[1].isdigit()):
            return "uses look-around, named groups, flags or references, which are not supported"
        if kind == "repeat":
            least, most = _bounds(text)
            if most > 1 and last:
                return "repeats something that itself may be short or long; write the repetition only once"
            if most > least:
                groups[-1] = True
                ways.append(min(most, LONGEST_VALUE) - min(least, LONGEST_VALUE) + 1)
            last = last or most > least
            continue
        last = False
        if kind == "open":
            groups.append(False)
        elif kind == "close":
            last = groups.pop() if len(groups) > 1 else False
            groups[-1] = groups[-1] or last
        elif kind == "branch":
            groups[-1] = True
            ways.append(2)
    return "has too many repetitions of unknown length" if prod(ways) > _WAYS else None


def _bounds(repeat: str) -> tuple[int, int]:
    mark = repeat[0]
    if mark != "{":
        return (1 if mark == "+" else 0), (1 if mark == "?" else LONGEST_VALUE)
    least, comma, most = repeat[1 : repeat.index("}")].partition(",")
    return int(least), int(most) if most else LONGEST_VALUE if comma else int(least)
