"""The files of forms: what is refused when they are deployed, and how it is said."""

import json
from pathlib import Path
from typing import Any

import pytest

from engine import forms
from engine.errors import InvalidDeployment, Problem


def file(*components: Any, **more: Any) -> bytes:
    return json.dumps({"type": "default", "schemaVersion": 18, "id": "form", "components": list(components), **more}).encode()


def field(kind: str = "textfield", **more: Any) -> dict[str, Any]:
    return {"type": kind, "key": "reason", "id": "Field_1", "label": "Reason | 理由", **more}


def only(content: bytes) -> Problem:
    found = forms.problems(content, file="forms/a.form")
    assert len(found) == 1, found
    return found[0]


def test_a_form_with_everything_is_accepted() -> None:
    content = file(
        {"type": "text", "text": "# Title"},
        {"type": "separator"},
        {"type": "html", "content": "<p>"},
        {"type": "spacer"},
        {"type": "image", "source": "x"},
        {"type": "button", "label": "Send"},
        field("number", key="amount", validate={"required": True, "min": 0, "max": "100.5"}, decimalDigits=2, serializeToString=True),
        field("radio", key="vote", values=[{"label": "Yes", "value": "yes"}, {"label": "No", "value": "no"}]),
        field("textarea", conditional={"hide": '= vote = "yes"'}, validate={"maxLength": 200}),
        {
            "type": "group",
            "label": "More",
            "conditional": {"hide": "=not(sure)"},
            "components": [field("datetime", key="day", subtype="date")],
        },
        field("checkbox", key="sure"),
        {
            "type": "dynamiclist",
            "isRepeating": True,
            "path": "items",
            "components": [field("number", key="price"), field("textfield", key="name")],
        },
    )
    assert forms.problems(content) == []
    form = forms.parse(content)
    assert [each.key for each in form.fields] == ["amount", "vote", "reason", "day", "sure", "items"]
    assert [each.key for each in form.fields[-1].fields] == ["price", "name"]
    assert form.id == "form"


def test_a_form_is_parsed_once() -> None:
    assert forms.parse(file(field())) is forms.parse(file(field()))


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"<xml/>", b"[" * 100_000, b'{"components": [' + b"9" * 5000 + b"]}"])
def test_what_is_not_json_is_refused(content: bytes) -> None:
    assert only(content).code == "FORM_NOT_JSON"


@pytest.mark.parametrize("limit", ["1e9999999", "1e-9999999", "9" * 4000, "NaN", "Infinity"])
@pytest.mark.parametrize("name", ["min", "max", "minLength", "maxLength"])
def test_a_limit_is_a_number_of_reasonable_size(name: str, limit: str) -> None:
    assert only(file(field("textfield" if "Length" in name else "number", validate={name: limit}))).code == "FORM_RULE"


def test_a_form_may_not_be_endless() -> None:
    assert only(file(field(description="x" * 600_000))).code == "FORM_TOO_LARGE"


@pytest.mark.parametrize(
    "condition", ["= reason = 1" + " or reason = 1" * 100_000, "=" + "(" * 10_000 + "reason", "=" + "not(" * 30 + "reason" + ")" * 30]
)
def test_a_condition_is_not_asked_in_endless_depth(condition: str) -> None:
    found = forms.problems(file(field(conditional={"hide": condition})))
    assert {problem.code for problem in found} <= {"FORM_CONDITION", "FORM_TOO_LARGE"} and found
    assert len(found[0].message) < 1_000


def test_broken_json_is_refused_with_its_line() -> None:
    problem = only(b'{\n  "components": [\n    {,}\n  ]\n}')
    assert problem.line == 3
    assert problem.file == "forms/a.form"


@pytest.mark.parametrize("content", [b"[]", b"1", b"{}", b'{"components": {}}', b'{"components": []}'])
def test_a_file_without_components_is_no_form(content: bytes) -> None:
    assert only(content).code == "FORM_NO_COMPONENTS"


@pytest.mark.parametrize(
    ("component", "code", "pointer", "said"),
    [
        (field(key=None), "FORM_KEY", "/components/0/key", "A field needs a key"),
        (field(key=""), "FORM_KEY", "/components/0/key", "A field needs a key"),
        (field(key="a.b"), "FORM_KEY", "/components/0/key", "(it has 'a.b')"),
        (field(key="_x"), "FORM_KEY", "/components/0/key", "A field needs a key"),
        (field("dynamiclist"), "FORM_KEY", "/components/0/path", "A field needs a path"),
        (field("filepicker"), "FORM_UNSUPPORTED", "/components/0", "Components of the type 'filepicker' cannot be used"),
        (field("expression"), "FORM_UNSUPPORTED", "/components/0", "'expression'"),
        (field("table"), "FORM_UNSUPPORTED", "/components/0", "'table'"),
        ({"label": "x"}, "FORM_UNSUPPORTED", "/components/0", "A component is an object"),
        ("x", "FORM_UNSUPPORTED", "/components/0", "A component is an object"),
        ({"type": "group", "path": "a", "components": []}, "FORM_UNSUPPORTED", "/components/0", "leave its path empty"),
        (field("select"), "FORM_VALUES", "/components/0/values", "A choice needs its values"),
        (field("select", valuesKey="list"), "FORM_VALUES", "/components/0/values", "cannot be checked"),
        (field("radio", values=[]), "FORM_VALUES", "/components/0/values", "A choice needs its values"),
        (field("radio", values=[{"label": "a"}]), "FORM_VALUES", "/components/0/values", "Every choice needs a value"),
        (field("radio", values=[{"value": "a"}, {"value": "a"}]), "FORM_VALUES", "/components/0/values", "each only once"),
        (field(conditional={"hide": "= count(x) > 1"}), "FORM_CONDITION", "/components/0/conditional/hide", "= count(x) > 1"),
        (field(conditional={"hide": "= other"}), "FORM_CONDITION", None, "names 'other', which is no field"),
        (field(validate={"pattern": "(a+)+"}), "FORM_PATTERN", "/components/0/validate/pattern", "repeats something"),
        (field(validate={"pattern": "("}), "FORM_PATTERN", "/components/0/validate/pattern", "is not a regular expression"),
        (field(validate={"maxLength": "=limit"}), "FORM_RULE", "/components/0/validate/maxLength", "must be a number, not '=limit'"),
        (field("number", validate={"min": True}), "FORM_RULE", "/components/0/validate/min", "must be a number"),
        (field(validate={"required": "=sure"}), "FORM_RULE", "/components/0", "'required' must be true or false"),
        (field(readonly="=sure"), "FORM_RULE", "/components/0", "'readonly' must be true or false"),
    ],
)
def test_what_cannot_be_checked_later_is_refused_with_its_place(component: Any, code: str, pointer: str | None, said: str) -> None:
    problem = only(file(component))
    assert (problem.code, problem.pointer) == (code, pointer)
    assert said in problem.message
    assert problem.rule == "form"


def test_a_problem_names_the_component() -> None:
    problem = only(file({"type": "group", "components": [field("select")]}))
    assert problem.pointer == "/components/0/components/0/values"
    assert (problem.element, problem.name) == ("Field_1", "Reason | 理由")


def test_a_key_is_used_once() -> None:
    problem = only(file(field(), {"type": "group", "components": [field("textarea")]}))
    assert problem.code == "FORM_DUPLICATE_KEY"
    assert "'reason'" in problem.message


def test_rows_of_a_list_have_their_own_keys_and_see_the_form() -> None:
    rows = {
        "type": "dynamiclist",
        "isRepeating": True,
        "path": "items",
        "components": [field(), field(key="more", conditional={"hide": "= reason = vote"})],
    }
    assert forms.problems(file(field(), field(key="vote"), rows)) == []


def test_money_kept_as_text_cannot_be_compared_by_the_browser() -> None:
    amount = field("number", key="amount", serializeToString=True)
    for condition, count in (("= amount > 100", 1), ("= amount = 5", 1), ("= amount = null", 0), ("= amount != null", 0)):
        assert len(forms.problems(file(amount, field(conditional={"hide": condition})))) == count


def test_boxes_and_lists_have_no_size() -> None:
    assert "compares 'sure' by size" in only(file(field("checkbox", key="sure"), field(conditional={"hide": "= sure > 1"}))).message


def test_a_chain_of_hidden_fields_ends_where_browser_and_server_would_differ() -> None:
    chain = [field(key="a")] + [field(key=key, conditional={"hide": f'= {other} = "x"'}) for key, other in ("ba", "cb")]
    assert forms.problems(file(*chain)) == []
    chain.append(field(key="d", conditional={"hide": '= c = "x"'}))
    assert "shorten the chain" in only(file(*chain)).message


def test_a_file_nested_beyond_reason_is_refused() -> None:
    deep: Any = "x"
    for _ in range(200):
        deep = {"a": deep}
    assert "nested too deep" in only(file(field(properties=deep))).message


def test_all_problems_are_found_at_once() -> None:
    found = forms.problems(file(field("select"), field("filepicker"), field(key=""), field(validate={"min": "x"})))
    assert [each.code for each in found] == ["FORM_VALUES", "FORM_UNSUPPORTED", "FORM_KEY", "FORM_RULE", "FORM_DUPLICATE_KEY"]


def test_a_wrong_form_is_not_parsed() -> None:
    with pytest.raises(InvalidDeployment) as refusal:
        forms.parse(file(field("select")))
    assert [each.code for each in refusal.value.problems] == ["FORM_VALUES"]


def test_the_forms_we_ship_are_right() -> None:
    shipped = sorted(Path(__file__).parents[2].glob("diagrams/*/forms/*.form"))
    for path in shipped:
        assert forms.problems(path.read_bytes(), file=path.name) == []


@pytest.mark.parametrize(
    ("text", "english", "chinese"),
    [
        ("Reason | 理由", "Reason", "理由"),
        ("Reason", "Reason", "Reason"),
        ("a|b", "a|b", "a|b"),
        ("| a | b | c |", "| a | b | c |", "| a | b | c |"),
    ],
)
def test_a_label_has_two_languages(text: str, english: str, chinese: str) -> None:
    assert forms.label(text, "en") == english
    assert forms.label(text, "zh") == chinese
    assert forms.label(text, "zh_Hans_CN") == chinese


def test_the_browser_gets_one_language() -> None:
    given = field("radio", description="Why? | 为什么", values=[{"label": "Yes | 是", "value": "Yes | 是"}])
    schema = json.loads(file({**given, "appearance": {"suffixAdorner": "CNY | 元"}}))
    chinese = forms.translated(schema, "zh")
    component = chinese["components"][0]
    assert component["appearance"] == {"suffixAdorner": "元"}
    assert (component["label"], component["description"]) == ("理由", "为什么")
    assert component["values"] == [{"label": "是", "value": "Yes | 是"}]
    assert schema["components"][0]["label"] == "Reason | 理由"
