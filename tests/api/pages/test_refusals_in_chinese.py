"""Every sentence by which the processes refuse something has its Chinese: those of form rules and messages as those of errors."""

import ast
import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog
from flask.ctx import RequestContext

from api.pages import problems, wording
from engine.errors import FourEyes, Overtaken
from processes.side_tasks import OpenSideTask
from tests.api.conftest import Office
from tests.api.pages.test_translations import ROOT, chinese

CJK = re.compile(r"[一-鿿]")
PLACE = "\N{REPLACEMENT CHARACTER}"  # where a value goes
NO_REFUSALS = ("processes/letters/examples.py",)


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    """The Chinese of everything."""
    return chinese()


def _text(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else PLACE for part in node.values)
    return None


def _said(tree: ast.Module) -> Iterator[str]:
    """Every sentence of a module, and every reason of a refusal; not its documentation, nor what stands beside its own Chinese."""
    no_sentence: set[ast.AST] = set()
    reasons: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            no_sentence.add(node.value)
        if isinstance(node, ast.JoinedStr):
            no_sentence.update(node.values)
        if isinstance(node, ast.Call | ast.Tuple) and any(CJK.search(_text(one) or "") for one in ast.iter_child_nodes(node)):
            no_sentence.update(ast.iter_child_nodes(node))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Conflict", "Refused"):
            reasons.update(one.value for one in node.keywords if one.arg == "reason")
    for node in ast.walk(tree):
        text = _text(node)
        if text and node not in no_sentence and (node in reasons or re.fullmatch(r"""['"A-Z\N{REPLACEMENT CHARACTER}].* .*[.?]""", text)):
            yield text


@pytest.mark.parametrize("module", sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "processes").rglob("*.py")))
def test_what_the_processes_refuse_is_said_in_chinese(module: str, catalogue: Catalog) -> None:
    said = () if module in NO_REFUSALS else _said(ast.parse((ROOT / module).read_text()))
    assert [one for one in said if one not in catalogue and not problems.known(one)] == []


def reading_chinese(office: Office) -> RequestContext:
    """Somebody reads a page in Chinese."""
    return office.app.test_request_context("/sign-in", headers={"Cookie": "redress_language=zh"})


@pytest.mark.parametrize(
    ("english", "said"),
    [
        ("Only a team lead does without the statement of a department.", "只有客服主管可以决定不再等待部门意见。"),
        ("You say it is not lawful, fair: return or reject it.", "您认为方案不符合以下要求：合法、公平；请退回或驳回。"),
        (
            "u_x is not in one of the groups that may do this: Case owner, Team lead.",
            "u_x 不属于可以办理此事的小组：投诉责任人、客服主管。",
        ),
        ("The record is not complete. Still missing: what happened; the root cause.", "档案尚不完整，还缺：投诉内容、根本原因。"),
        ("Appoint somebody else: this person is no mediator.", "请另行指定：此人不是调解员。"),
    ],
)
def test_what_stands_in_a_refusal_is_said_in_chinese_too(office: Office, english: str, said: str) -> None:
    with reading_chinese(office):
        assert problems.sentence(english) == said
    with office.app.test_request_context("/sign-in"):
        assert problems.sentence(english) == english


def test_tasks_are_called_by_their_chinese_names_in_refusals(office: Office) -> None:
    with reading_chinese(office):
        assert "征求部门意见" in wording.sentence(OpenSideTask(tasks="Give the input of the department", tasks_zh="征求部门意见"))
        assert "方案审批" in wording.sentence(FourEyes(other="Review the solution", other_zh="方案审批"))


def test_an_error_that_inherits_its_code_has_its_chinese_too(office: Office) -> None:
    with reading_chinese(office):
        assert "草稿" in wording.sentence(Overtaken(who="u_owner1", when="2026-03-02T02:00:00+00:00"))
