"""Every text of the pages has its Chinese, with the same places to fill."""

import re
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from api.pages import sentences
from engine import forms, stuck

ROOT = Path(__file__).parents[3]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None, "N_": None}


def shown() -> Catalog:
    """Every text of the sources, as pybabel finds it."""
    with (ROOT / "api/translations/babel.cfg").open() as file:
        mapping, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]  # Babel has no types for it
    found = Catalog()
    for folder in ("api", "engine", "processes"):
        here = [(pattern.removeprefix(f"{folder}/"), method) for pattern, method in mapping if pattern.startswith(f"{folder}/")]
        chosen = {pattern.removeprefix(f"{folder}/"): given for pattern, given in options.items()}
        for _, _, message, _, _ in extract_from_dir(ROOT / folder, here, chosen, KEYWORDS):
            found.add(message)
    return found


def chinese() -> Catalog:
    """The catalogue."""
    with (ROOT / "api/translations/zh_Hans_CN/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file)


def test_every_text_is_translated() -> None:
    known = chinese()
    untranslated = [message.id for message in shown() if message.id and not (message.id in known and known[message.id].string)]
    assert untranslated == []


def test_no_translation_has_lost_its_text() -> None:
    wanted = shown()
    assert [message.id for message in chinese() if message.id and message.id not in wanted] == []


def test_translations_fill_the_same_places() -> None:
    for message in chinese():
        original = message.id if isinstance(message.id, str) else message.id[-1]
        translated = message.string if isinstance(message.string, str) else (message.string or ("",))[0]
        places = re.compile(r"\{\w+\}|%\(\w+\)s")
        assert set(places.findall(translated)) <= set(places.findall(original)), original


def test_the_sentences_of_form_checks_are_those_of_the_engine() -> None:
    assert set(sentences.FORM_PROBLEMS) == set(forms.MESSAGES.values())


def test_the_reasons_of_being_stuck_are_those_of_the_engine() -> None:
    source = Path(stuck.__file__).read_text()
    for sentence in sentences.STUCK:
        assert sentence in source
