"""Damaged files are refused with sentences or run: never a traceback, the words of a library, a hang, or a part that is lost.

`REDRESS_MUTANTS=20000` tries so many others than always.
"""

import os
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.adaptor import Redress
from tests.conformance.mutations.exercise import Outcome, exercise, exercise_form, exercise_table
from tests.conformance.mutations.mutants import mutant

ROOT = Path(__file__).parents[2]
MODELS = [path for path in sorted((ROOT / "tests/conformance/models").glob("*.bpmn")) if path.stat().st_size < 20_000]
FORMS = sorted((ROOT / "diagrams").rglob("*.form"))
TABLES = sorted([*(ROOT / "diagrams").rglob("*.dmn"), *(ROOT / "tests/engine/bpmn/executed").glob("*.dmn")])
PROCESSES = {
    str(path.relative_to(ROOT / "diagrams")): path.read_bytes()
    for path in sorted((ROOT / "diagrams").rglob("*"))
    if path.suffix in (".bpmn", ".dmn", ".form")
}
FOLDERS = sorted({name.split("/")[0] for name in PROCESSES})
ASKED = os.environ.get("REDRESS_MUTANTS")
FIRST = random.SystemRandom().randrange(10**6, 10**9) if ASKED else 0
TOGETHER = 40  # as many share a database


def _numbers(count: int) -> range:
    return range(FIRST, FIRST + (int(ASKED) if ASKED else count))


def _installations(files: dict[str, bytes]) -> Iterator[Redress]:
    """The same one many times, with these files deployed, then a fresh one."""
    while True:
        redress = Redress()
        if files:
            redress.deploy(files)
        for _ in range(TOGETHER):
            yield redress
        redress.close()


def _faults(outcomes: Iterator[tuple[int, list[str], Outcome]]) -> list[str]:
    """What went wrong, with the number that does it again; refused and run there must be both."""
    faults, kinds = [], Counter[str]()
    for number, done, outcome in outcomes:
        kinds[outcome.kind] += 1
        if outcome.kind == "fault":
            faults.append(f"{number}: {done}: {outcome.said[:1000]}")
    assert min(kinds["refused"], kinds["ran"]) > 0, kinds
    return faults


def _models(numbers: range) -> Iterator[tuple[int, list[str], Outcome]]:
    for number, redress in zip(numbers, _installations({}), strict=False):
        path = MODELS[number % len(MODELS)]
        files, done = mutant({path.name: path.read_bytes()}, number)
        yield number, done, exercise(redress, files)


def _folders(numbers: range) -> Iterator[tuple[int, list[str], Outcome]]:
    for number, redress in zip(numbers, _installations(PROCESSES), strict=False):
        folder = FOLDERS[number % len(FOLDERS)]
        files, done = mutant({name: content for name, content in PROCESSES.items() if name.startswith(f"{folder}/")}, number)
        yield number, done, exercise(redress, files)


def _forms(numbers: range) -> Iterator[tuple[int, list[str], Outcome]]:
    for number in numbers:
        path = FORMS[number % len(FORMS)]
        files, done = mutant({path.name: path.read_bytes()}, number)
        yield number, done, exercise_form(files[path.name])


def _tables(numbers: range) -> Iterator[tuple[int, list[str], Outcome]]:
    for number in numbers:
        path = TABLES[number % len(TABLES)]
        files, done = mutant({path.name: path.read_bytes()}, number)
        yield number, done, exercise_table(path.name, files[path.name])


def test_damaged_models_are_refused_or_run() -> None:
    assert _faults(_models(_numbers(120))) == []


def test_damaged_forms_are_refused_or_read() -> None:
    assert _faults(_forms(_numbers(500))) == []


def test_damaged_decision_tables_are_refused_or_answer() -> None:
    assert _faults(_tables(_numbers(150))) == []


@pytest.mark.long
def test_our_own_processes_damaged_are_refused_or_run() -> None:
    assert _faults(_folders(_numbers(40))) == []
