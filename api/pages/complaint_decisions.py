"""Why tables decided as they did, in words: what they said, which rule held, and the facts that made it hold."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.pages import complaint_words, wording
from api.pages.decision_vocabulary import DOERS, HEADLINES, Words, vocabulary
from api.pages.form_words import FormWords
from api.pages.language import language
from api.pages.people_names import Names
from api.pages.texts import gettext
from engine import forms
from processes.case_decisions import Explained, Fact


@dataclass(frozen=True, kw_only=True)
class Line:
    """A name and a value; `cell`: what the rule asks of it, as it stands in the table."""

    label: str
    value: str
    cell: str | None = None


@dataclass(frozen=True, kw_only=True)
class Ruled:
    """A rule that held."""

    number: int
    because: Sequence[Line]


@dataclass(frozen=True, kw_only=True)
class Decided:
    """One decision: `headline` is the most important thing it said."""

    name: str
    headline: str
    at: datetime
    rules: Sequence[Ruled]
    said: Sequence[Line]
    asked: Sequence[Line]
    missed: Sequence[Line]
    overruled: str | None
    shortened: bool


class Teller:
    """Says values of decision tables in the reader's words; `read` masks what he or she reads masked."""

    def __init__(self, words: FormWords, names: Names, read: Callable[[str], str]) -> None:
        self._names, self._read = names, read
        self._words = vocabulary(words)

    def __call__(self, one: Explained) -> Decided:
        said = [Line(label=_label(fact), value=self._value(fact)) for fact in one.said]
        return Decided(
            name=self._name(one),
            headline=self._headline(one, said),
            at=one.at,
            rules=[Ruled(number=rule.number, because=[self._fact(fact) for fact in rule.because]) for rule in one.rules],
            said=said,
            asked=[self._fact(fact) for fact in one.asked],
            missed=[Line(label=forms.label(label, language()), value=_numbers(rows)) for label, rows in one.missed.items()],
            overruled=self._overruled(one.overruled),
            shortened=one.shortened,
        )

    def _name(self, one: Explained) -> str:
        if one.decision in complaint_words.DECISIONS or one.words is None:
            return complaint_words.decision_name(one.decision)
        return (one.words.name_zh if language() == "zh" else "") or one.words.name

    def _headline(self, one: Explained, said: Sequence[Line]) -> str:
        if one.decision == "grading":  # every fact gives a level; the complaint has the highest
            levels = next((fact.value for fact in one.said if fact.name == "level"), None)
            return wording.level_name(max(levels)) if levels else "–"
        wanted = HEADLINES.get(one.decision, ())
        shown = [line for fact, line in zip(one.said, said, strict=True) if fact.name in wanted]
        if shown:
            return gettext("; ").join(line.value for line in shown)
        first = said[0] if said else Line(label="", value="–")
        return gettext("%(label)s: %(value)s", label=first.label, value=first.value) if first.value[:1].isdigit() else first.value

    def _fact(self, fact: Fact) -> Line:
        return Line(label=_label(fact), value=self._value(fact), cell=fact.cell)

    def _value(self, fact: Fact) -> str:
        words = self._words.get(fact.name)
        if isinstance(fact.value, list | tuple):
            nothing = gettext("nobody is needed") if fact.name in DOERS else "–"
            return gettext(", ").join(self._word(words, one) for one in fact.value) or nothing
        return self._word(words, fact.value)

    def _word(self, words: Words | None, value: Any) -> str:
        if value is None or value == "":
            return "–"
        if words is not None and not isinstance(value, bool):
            return words(value)
        return self._read(wording.plain(value))

    def _overruled(self, found: Mapping[str, Any] | None) -> str | None:
        if found is None:
            return None
        return gettext("%(who)s decided otherwise: %(reason)s", who=self._names(found["by"]), reason=self._read(found.get("reason") or "–"))


def _label(fact: Fact) -> str:
    return forms.label(fact.label, language())


def _numbers(rows: Sequence[int]) -> str:
    return gettext(", ").join(str(row) for row in rows)
