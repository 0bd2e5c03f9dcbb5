"""The categories of DMN-02 as people read them."""

import ast

from api.pages import classification_words, complaint_words
from engine.bpmn.decision_files import read
from processes import keywords
from tests.api.conftest import Office
from tests.processes.test_roles import DIAGRAMS


def outputs(name: str) -> set[str]:
    """What the classification may say in this column."""
    path = DIAGRAMS / "complaint_handling" / "classification.dmn"
    decision = read(path.name, path.read_bytes())
    at = decision.outputs.index(name)
    return {ast.literal_eval(row.outputs[at] or "None") for row in decision.rows}


def test_every_category_of_the_table_has_a_name_in_both_languages(office: Office) -> None:
    codes = outputs("category")
    assert {"PQ", "OT"} <= codes
    for language in ("en", "zh"):
        with office.app.test_request_context("/sign-in", headers={"Cookie": f"redress_language={language}"}):
            names = [complaint_words.category_name(code) for code in sorted(codes)]
        assert not set(names) & codes
        assert len(set(names)) == len(names)


def test_every_sub_category_and_hint_has_a_name_in_both_languages(office: Office) -> None:
    codes, others = {*outputs("sub_category"), "DL-LOST"}, {f"{one}-GEN" for one in outputs("category")}
    assert {"DL-LATE", "OT-GEN"} <= codes
    for language in ("en", "zh"):
        with office.app.test_request_context("/sign-in", headers={"Cookie": f"redress_language={language}"}):
            names = [classification_words.sub_category_name(code) for code in sorted(codes | others)]
            hints = [classification_words.hint_name(one) for one in keywords.LEXICON]
        assert not set(names) & (codes | others)
        assert (len(set(names)), len(set(hints))) == (len(names), len(hints))
        assert all((language == "zh") == any(letter >= "\u4e00" for letter in one) for one in (*names, *hints))
