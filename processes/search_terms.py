"""Texts and questions as terms: what the search finds a text by, and where in the text that is.

The tokenizers databases come with find no Chinese word of two characters, so this is our own (design.md 9): NFKC and lower
case; a Latin word or number is a term; a run of Chinese characters is its overlapping pairs and then its last character, so
that any part of it is a phrase of pairs and a single character is the beginning of a pair. `快递延误 EC-118` is
`快递 递延 延误 误 ec 118`.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

CJK = "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\U00020000-\U0003ffff"
RUN = re.compile(rf"[{CJK}]+|[^\W_{CJK}]+")
QUOTED = re.compile(r'["“”„]([^"“”„]*)["“”„]|(\S+)')
LONGEST_TERM = 64
LONGEST_QUESTION = 200  # characters
MOST_PHRASES = 12
SHORTEST_BEGINNING = 2  # letters of a Latin word that is not finished yet
BEFORE_HIT = 40  # characters of an excerpt in front of the first hit


@dataclass(frozen=True, kw_only=True)
class Phrase:
    """Terms that stand beside each other. `begins`: the last one may go on."""

    terms: tuple[str, ...]
    begins: bool = False


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A part of an excerpt; `hit`: it is what was looked for."""

    text: str
    hit: bool = False


@dataclass(frozen=True, kw_only=True)
class _Folded:
    """A text in its compared form; `at[i]` is where character i of it came from."""

    text: str
    at: Sequence[int]


def of(text: str) -> list[str]:
    """The terms of a text, in order."""
    return [term for run in RUN.finditer(_folded(text).text) for term in _of_run(run[0])]


def read(question: str) -> tuple[Phrase, ...]:
    """What is looked for: each word and each "quoted phrase"; the last word may be unfinished. Nothing when no letter is in it."""
    found: list[Phrase] = []
    parts = list(QUOTED.finditer(question[:LONGEST_QUESTION]))
    for part in parts:
        unfinished = part is parts[-1] and part[2] is not None
        phrase = _phrase(part[1] if part[2] is None else part[2], unfinished=unfinished)
        if phrase is not None and phrase not in found:
            found.append(phrase)
    return tuple(found[:MOST_PHRASES])


def excerpt(text: str, phrases: Sequence[Phrase], *, longest: int = 160) -> tuple[Piece, ...]:
    """The part of a text around the first hit, taken apart where hits begin and end; its beginning when there is none."""
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    spans = _spans(_folded(plain), phrases)
    start = max(spans[0][0] - BEFORE_HIT, 0) if spans else 0
    end = min(start + longest, len(plain))
    start = max(end - longest, 0)
    pieces = list(_pieces(plain, [(max(a, start), min(b, end)) for a, b in spans if a < end and b > start], start, end))
    if start:
        pieces.insert(0, Piece(text="…"))
    return (*pieces, Piece(text="…")) if end < len(plain) else tuple(pieces)


def _folded(text: str) -> _Folded:
    """Character by character, so that a place in the compared form is a place in the text."""
    if text.isascii():
        return _Folded(text=text.lower(), at=range(len(text)))
    parts, at = [], []
    for number, character in enumerate(unicodedata.normalize("NFC", text)):
        folded = unicodedata.normalize("NFKC", character).lower()
        parts.append(folded)
        at += [number] * len(folded)
    return _Folded(text="".join(parts), at=at)


def _is_cjk(run: str) -> bool:
    return re.match(f"[{CJK}]", run) is not None


def _of_run(run: str) -> Iterator[str]:
    if not _is_cjk(run):
        yield run[:LONGEST_TERM]
        return
    yield from (run[n : n + 2] for n in range(len(run) - 1))
    yield run[-1]


def _phrase(text: str, *, unfinished: bool) -> Phrase | None:
    runs = [run[0] for run in RUN.finditer(_folded(text).text)]
    if not runs:
        return None
    terms = [term for run in runs for term in _of_run(run)]
    if not _is_cjk(runs[-1]):
        return Phrase(terms=tuple(terms), begins=unfinished and len(runs[-1]) >= SHORTEST_BEGINNING)
    if len(runs[-1]) > 1:  # the text may go on after the pair: its last character is no term of its own then
        return Phrase(terms=tuple(terms[:-1]))
    return Phrase(terms=tuple(terms), begins=True)


def _spans(folded: _Folded, phrases: Sequence[Phrase]) -> list[tuple[int, int]]:
    """Where in the text the phrases are, in order and without overlaps."""
    terms = [(run.start() + offset, term) for run in RUN.finditer(folded.text) for offset, term in enumerate(_of_run(run[0]))]
    found = sorted(span for phrase in phrases for span in _places(terms, phrase))
    merged: list[tuple[int, int]] = []
    for start, end in found:
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return [(folded.at[start], folded.at[end - 1] + 1) for start, end in merged]


def _places(terms: Sequence[tuple[int, str]], phrase: Phrase) -> Iterator[tuple[int, int]]:
    last = phrase.terms[-1]
    for number in range(len(terms) - len(phrase.terms) + 1):
        here = terms[number : number + len(phrase.terms)]
        words = [term for _, term in here]
        same = words[-1].startswith(last) if phrase.begins else words[-1] == last
        if same and words[:-1] == list(phrase.terms[:-1]):
            yield here[0][0], here[-1][0] + len(last)


def _pieces(text: str, spans: Sequence[tuple[int, int]], start: int, end: int) -> Iterator[Piece]:
    at = start
    for begins, ends in spans:
        if begins > at:
            yield Piece(text=text[at:begins])
        yield Piece(text=text[begins:ends], hit=True)
        at = ends
    if at < end:
        yield Piece(text=text[at:end])
