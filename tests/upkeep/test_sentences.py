"""Every sentence in which the engine refuses, fails or explains has its Chinese: read from the source, so that none is forgotten."""

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.app import close, create_app
from api.pages import problems
from api.pages.texts import gettext
from api.settings import Settings
from engine.errors import RedressError
from tests.upkeep.sources import ROOT

ENGINE = ("apart", "expression_functions", "form_reader", "inspection", "service_tasks", "steps", "stuck", "task_attributes", "wait_states")
SPEAKING = (
    *sorted((ROOT / "engine" / "bpmn").rglob("*.py")),
    *(ROOT / "engine" / f"{name}.py" for name in ENGINE),
    *sorted((ROOT / "processes" / "service_tasks").glob("*.py")),
    ROOT / "processes" / "ports.py",
)
RAISED = {"ExpressionError", "BudgetUsedUp", "MailFailed", "PaymentFailed", "PaymentGatewayUnavailable"}
SENTENCE = re.compile(r"[A-Z'{<0-9].* .*[.?]", re.DOTALL)
CHINESE = re.compile("[\u4e00-\u9fff]")
NOT_SHOWN = {"This cursor was not made by this list."}  # said to programs only


def _text(node: ast.AST) -> str | None:
    """What a string or an f-string says, with a sample in each place that is filled."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in node.values)
    return None


def _said(source: str) -> Iterator[str]:
    """Whole sentences, and what is given to an error that becomes one."""
    tree = ast.parse(source)
    parts = {id(inner) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for inner in ast.walk(node) if inner is not node}
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            given = [one.value for one in node.keywords if one.arg == "reason"] + (node.args[:1] if node.func.id in RAISED else [])
            yield from (text for one in given if (text := _text(one)) is not None and " " in text)
        elif id(node) not in parts | docstrings and (text := _text(node)) is not None and SENTENCE.fullmatch(text):
            yield text


def _sample(sentence: str) -> str:
    return re.sub(r"\{\w+\}", "7", sentence)


@pytest.fixture(scope="module")
def chinese() -> Iterator[None]:
    app = create_app(settings=Settings(database_url="sqlite://", secret_key="of a test", mail_url=os.devnull), scheduler=False)
    with app.test_request_context("/", headers={"Cookie": "redress_language=zh"}):
        yield
    close(app)


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize("file", SPEAKING, ids=lambda file: str(file.relative_to(ROOT)))
def test_what_the_engine_says_is_said_in_chinese(file: Path) -> None:
    said = {_sample(one) for one in _said(file.read_text(encoding="utf-8")) if one not in NOT_SHOWN}
    explained = {one for one in said if not CHINESE.search(problems.sentence(one)) and not CHINESE.search(gettext(one))}
    assert explained == set()


@pytest.mark.usefixtures("chinese")
def test_every_error_has_its_chinese_sentence() -> None:
    assert {one.__name__ for one in _classes(RedressError) if not CHINESE.search(gettext(one.template()))} == set()


def _classes(error: type[RedressError]) -> Iterator[type[RedressError]]:
    for one in error.__subclasses__():
        if "code" in vars(one):
            yield one
        yield from _classes(one)
