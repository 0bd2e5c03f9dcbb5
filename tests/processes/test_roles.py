"""Every group the diagrams and decision tables name, and every group of the code, has a name people can read."""

import ast
from collections.abc import Iterator
from pathlib import Path

from engine.bpmn import diagram
from engine.bpmn.decision_files import read
from processes import candidates, case_messages, supervision
from processes.demo import staff
from processes.roles import ROLES, shown

DIAGRAMS = Path(__file__).parents[2] / "diagrams"
# outputs of decision tables that are groups, or lists of them
OUTPUTS = {"approver_chain", "case_owner_group", "handler_group", "notify", "reviewers", "supervisor", "supervisor_role", "visitor_role"}
ASSIGNEE = "assignee"  # DMN-07 tells whoever has the task


def words(expression: str) -> set[str]:
    """The texts in an expression that it may give as a group; what it only compares with is none."""
    tree = ast.parse(expression.removeprefix("="), mode="eval")
    compared = {id(part) for node in ast.walk(tree) if isinstance(node, ast.Compare) for part in ast.walk(node)}
    return {
        node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in compared
    }


def drawn() -> Iterator[str]:
    for path in sorted(DIAGRAMS.rglob("*.bpmn")):
        for process in diagram.read(path.name, path.read_bytes()):
            for element in process.elements.values():
                for group in element.candidate_groups:
                    yield from words(group) if group.startswith("=") else (group,)


def decided() -> Iterator[str]:
    for path in sorted(DIAGRAMS.rglob("*.dmn")):
        decision = read(path.name, path.read_bytes())
        for row in decision.rows:
            for name, cell in zip(decision.outputs, row.outputs, strict=True):
                if name in OUTPUTS:
                    yield from words(cell or "None")


def test_every_group_of_the_diagrams_and_decision_tables_has_a_name_in_both_languages() -> None:
    found = {*drawn(), *decided()} - {ASSIGNEE}
    assert {"finance_checker", "privacy_group", "cs_senior_group", "compensation_committee", "general_manager"} <= found
    assert found - set(ROLES) == set()


def test_every_group_that_only_the_code_names_has_a_name_too() -> None:
    senders = {group for groups in case_messages.SENDERS.values() for group in groups}
    extended_by = {role for role, _ in supervision.EXTENSION_BY_LEVEL.values()}
    found = {candidates.DUTY, *staff.GROUPS, *senders, *supervision.SUPERVISORS.values(), *extended_by}
    assert found - set(ROLES) == set()


def test_no_two_groups_are_called_the_same_and_none_by_its_code() -> None:
    for locale in ("en", "zh"):
        names = [shown(group, locale) for group in ROLES]
        assert len(set(names)) == len(names)
        assert not set(names) & set(ROLES)
