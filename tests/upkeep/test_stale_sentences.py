"""No sentence is kept for translation that nothing says any more: an old one would be found, and believed to be said.

Both sides have places that are filled: a template is said when a text of the source could become it, or it could become that text.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from api.pages.sentences import TEMPLATES
from tests.upkeep import sources

KEPT_IN = re.compile(r"api/pages/\w*sentences\.py")
PLACE = re.compile(r"\{\w*\}")
SENTENCE = re.compile(r".*[.?](\{hint\})?", re.DOTALL)  # words are put together in too many ways
FITS = 0.5  # of its letters at least: what consists of places only could become anything


@dataclass(frozen=True, kw_only=True)
class Words:
    """A text with places; `longest` is the longest part without one, `example` has something in each place."""

    longest: str
    letters: int
    pattern: str
    example: str

    def becomes(self, other: "Words") -> bool:
        """Whether it could be filled so that it reads as the other."""
        fits = self.letters >= FITS * other.letters and self.longest in other.example
        return fits and re.fullmatch(self.pattern, other.example, re.DOTALL) is not None


def _words(written: str) -> Words:
    """Sentences are put together in several ways: with a capital letter, with a full stop, with more to follow or nothing."""
    text = written.lower().rstrip(" .")
    open_end = re.search(r"(?:\. )?\{\w*\}$", text)
    parts = PLACE.split(text[: open_end.start()] if open_end else text)
    pattern = ".*".join(map(re.escape, parts)) + (".*" if open_end else "")
    return Words(
        longest=max(parts, key=len),
        letters=sum(map(len, parts)),
        pattern=pattern,
        example=PLACE.sub("7", text),
    )


def _said() -> Iterator[str]:
    """Every text of the source."""
    for path, tree in sources.modules().items():
        for node in ast.walk(tree) if not KEPT_IN.fullmatch(path) else ():
            if isinstance(node, ast.JoinedStr):
                yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def test_every_sentence_that_is_translated_is_said_somewhere() -> None:
    said = [words for text in sorted(set(_said())) if " " in text and (words := _words(text)).letters > 7]
    kept = {template: _words(template) for template in TEMPLATES if SENTENCE.fullmatch(template)}
    stale = [template for template, words in kept.items() if not any(one.becomes(words) or (words.becomes(one)) for one in said)]
    assert stale == [], "take them out of api/pages/*sentences.py"
