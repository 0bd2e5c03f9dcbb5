"""What the tables, the facts and the data of a run are called by people: by its decision tables, then by the words of complaint handling.

What nobody has given a name keeps its technical one: the page shows that in any case, for those who look for it in the diagram.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from api.pages import complaint_words, inbox_words, wording
from api.pages.decision_vocabulary import vocabulary
from api.pages.form_words import FormWords
from api.pages.language import language
from api.pages.texts import gettext
from engine import decision_tables, forms
from engine.decision_tables import TableWords
from engine.tables import ProcessDefinition


class InstanceWords:
    """For one version of a process, with the tables it was deployed with."""

    def __init__(self, session: Session, definition: ProcessDefinition) -> None:
        found = decision_tables.of_deployments(session, [definition.deployment_id])
        self._tables: Mapping[str, TableWords] = {decision: words for (_, decision), words in found.items()}
        self._values = vocabulary(FormWords(session))

    def decision(self, explanation: Mapping[str, Any]) -> dict[str, Any]:
        """An explanation of `decision_instances` with its names and values in words."""
        words = self._tables.get(explanation["decision_id"])
        asked = [(one["text"], one["value"]) for one in explanation["inputs"]]
        return {
            **explanation,
            "name": self._table(explanation["decision_id"], words),
            "asked": [self._named(name, value, words.inputs if words else {}) for name, value in asked],
            "said": [self._named(name, value, words.outputs if words else {}) for name, value in explanation["outputs"].items()],
            "missed": [{**row, "input": self._label(row["input"], words.inputs if words else {})} for row in explanation["missed"]],
        }

    def variables(self, values: Mapping[str, Any]) -> list[dict[str, str]]:
        """The data of the run, by what it is called; what has no name comes last, by its technical one."""
        columns = {name: label for words in self._tables.values() for name, label in {**words.inputs, **words.outputs}.items()}
        found = [self._named(name, value, columns) for name, value in values.items()]
        return sorted(found, key=lambda one: (one["label"] == one["name"], one["label"]))

    def _table(self, decision_id: str, words: TableWords | None) -> str:
        if words is None or decision_id in complaint_words.DECISIONS:
            return complaint_words.decision_name(decision_id)
        return (words.name_zh if language() == "zh" else "") or words.name

    def _named(self, name: str, value: Any, columns: Mapping[str, str]) -> dict[str, str]:
        return {"name": name, "label": self._label(name, columns), "value": self._value(name, value)}

    def _label(self, name: str, columns: Mapping[str, str]) -> str:
        return forms.label(columns[name], language()) if columns.get(name, name) != name else inbox_words.attribute(name)

    def _value(self, name: str, value: Any) -> str:
        if isinstance(value, list | tuple):
            return gettext(", ").join(self._word(name, one) for one in value) or "–"
        return self._word(name, value)

    def _word(self, name: str, value: Any) -> str:
        words = self._values.get(name)
        if words is None or value is None or value == "" or isinstance(value, bool | dict | list):
            return wording.plain(value)
        try:
            return words(value)
        except (ValueError, ArithmeticError):  # a process of its own may mean something else by this name
            return wording.plain(value)
