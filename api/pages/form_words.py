"""Codes as the forms of complaint handling call them: what was chosen in a form is shown with the words it was chosen by."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy.orm import Session

from api.pages import wording
from api.pages.language import language
from api.pages.texts import gettext
from engine import definitions, forms
from engine.errors import NotFound
from engine.tables import ProcessDefinition
from processes.case_file import MAIN

Choices = dict[str, str]


class FormWords:
    """`words("ut_investigate", "founded", "partly")` is the label of that choice; a code no form offers stands as it is."""

    def __init__(self, session: Session, live: Sequence[ProcessDefinition] = ()) -> None:
        """`live`: the live versions, where they are read already; else the one of the main process is looked up when it is needed."""
        self._session = session
        self._definition_id = next((one.id for one in live if one.key == MAIN), None)
        self._known: dict[tuple[str, str], Choices] = {}

    def __call__(self, form: str, field: str, value: Any) -> str:
        if value in (None, ""):
            return ""
        return self._choices(form, field).get(wording.choice(value), str(value))

    def all(self, form: str, field: str, values: Iterable[Any] | None) -> str:
        """Several of them as one text."""
        return gettext(", ").join(self(form, field, one) for one in values or ())

    def _choices(self, form: str, field: str) -> Choices:
        if (form, field) not in self._known:
            self._known[form, field] = self._read(form, field)
        return self._known[form, field]

    def _read(self, form: str, field: str) -> Choices:
        try:
            schema = definitions.parsed_form(self._session, self._live(), form).schema
        except NotFound:
            return {}
        return next((_options(one) for one in _components(schema) if one.get("key") == field), {})

    def _live(self) -> str:
        if self._definition_id is None:
            self._definition_id = definitions.live(self._session, MAIN).id
        return self._definition_id


def _components(schema: Any) -> Iterable[Any]:
    for component in schema.get("components", ()):
        yield component
        yield from _components(component)


def _options(component: Any) -> Choices:
    return {wording.choice(one["value"]): forms.label(str(one.get("label", "")), language()) for one in component.get("values", ())}


def yes_no(value: bool | None) -> str:
    """A tick in words; nothing for what was not asked."""
    return "" if value is None else wording.plain(value)
