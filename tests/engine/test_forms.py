"""What a person sent, checked by the server as the form says."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from engine import clock, forms
from engine.form_schema import Form

VOTES = [{"label": "Approve | 同意", "value": "approve"}, {"label": "Return | 退回", "value": "return"}]


def form(*components: dict[str, Any]) -> Form:
    return forms.parse(json.dumps({"components": list(components)}).encode())


def one(kind: str, **more: Any) -> Form:
    return form({"type": kind, "key": "x", "label": "Thing | 东西", **more})


APPROVE = form(
    {"type": "radio", "key": "vote", "label": "Vote | 意见", "values": VOTES, "validate": {"required": True}},
    {
        "type": "number",
        "key": "approved_amount",
        "label": "Amount | 金额",
        "serializeToString": True,
        "decimalDigits": 2,
        "validate": {"required": True, "min": 0, "max": 50000},
        "conditional": {"hide": '= vote != "approve"'},
    },
    {
        "type": "textarea",
        "key": "reason",
        "label": "Reason | 理由",
        "validate": {"required": True, "maxLength": 20},
        "conditional": {"hide": '= vote = null or vote = "approve"'},
    },
    {"type": "textfield", "key": "comment", "label": "Comment"},
)


def test_a_complete_form_gives_clean_values() -> None:
    clean, problems = forms.check(APPROVE, {"vote": "approve", "approved_amount": "44.85", "comment": "fine"})
    assert problems == []
    assert clean == {"vote": "approve", "approved_amount": Decimal("44.85"), "comment": "fine"}
    assert type(clean["approved_amount"]) is Decimal


def test_hidden_fields_are_neither_required_nor_accepted() -> None:
    clean, problems = forms.check(APPROVE, {"vote": "return", "approved_amount": "99999999", "reason": "too much"})
    assert problems == []
    assert clean == {"vote": "return", "reason": "too much", "comment": None}


def test_each_problem_names_its_field() -> None:
    clean, problems = forms.check(APPROVE, {"vote": "approve", "approved_amount": "44.855", "comment": 5})
    assert [(each.code, each.pointer, each.name, each.message) for each in problems] == [
        ("TOO_PRECISE", "/approved_amount", "Amount", "Amount must have at most 2 digits after the point."),
        ("NOT_TEXT", "/comment", "Comment", "Comment must be text."),
    ]
    assert clean == {"vote": "approve", "approved_amount": None, "comment": None}


def test_labels_and_messages_are_in_the_language_of_the_person() -> None:
    messages = {**forms.MESSAGES, "REQUIRED": "请填写{label}。"}
    _, problems = forms.check(APPROVE, {}, locale="zh", messages=messages)
    assert [each.message for each in problems] == ["请填写意见。"]
    assert problems[0].name == "意见"


def test_every_message_can_be_filled_in() -> None:
    for template in forms.MESSAGES.values():
        sentence = template.format(label="Amount", limit=5)
        assert sentence.endswith(".")
        assert "{" not in sentence


def test_unknown_fields_are_refused() -> None:
    _, problems = forms.check(APPROVE, {"vote": "return", "reason": "x", "a/b~c": 1})
    assert [(each.code, each.pointer) for each in problems] == [("UNKNOWN_FIELD", "/a~1b~0c")]


def test_a_flood_of_unknown_fields_is_not_answered_one_by_one() -> None:
    _, problems = forms.check(APPROVE, {"vote": "return", "reason": "x", **{f"k{n}": n for n in range(1000)}})
    assert len(problems) == 20


@pytest.mark.parametrize("sent", [None, [], "x", 5])
def test_what_is_no_object_is_refused(sent: Any) -> None:
    clean, problems = forms.check(APPROVE, sent)
    assert clean == {}
    assert [each.code for each in problems] == ["NOT_FIELDS"]


@pytest.mark.parametrize(
    ("kind", "rules", "sent", "code"),
    [
        ("textfield", {"validate": {"required": True}}, None, "REQUIRED"),
        ("textfield", {"validate": {"required": True}}, "", "REQUIRED"),
        ("textfield", {"validate": {"required": True}}, "  \n", "REQUIRED"),
        ("textfield", {}, 5, "NOT_TEXT"),
        ("textfield", {}, {"a": 1}, "NOT_TEXT"),
        ("textfield", {"validate": {"minLength": 3}}, "ab ", "TOO_SHORT"),
        ("textfield", {"validate": {"maxLength": 3}}, "abcd", "TOO_LONG"),
        ("textarea", {}, "a" * 20_001, "TOO_LONG"),
        ("textfield", {"validate": {"pattern": "^[A-Z]+$"}}, "abc", "PATTERN"),
        ("textfield", {"validate": {"pattern": "^[a-z]+$"}}, "a" * 300, "TOO_LONG"),
        ("textfield", {"validate": {"validationType": "email"}}, "li@example", "NOT_EMAIL"),
        ("textfield", {"validate": {"validationType": "phone"}}, "call me", "NOT_PHONE"),
        ("number", {"validate": {"required": True}}, None, "REQUIRED"),
        ("number", {}, "5", "NOT_NUMBER"),
        ("number", {}, True, "NOT_NUMBER"),
        ("number", {}, [], None),
        ("number", {}, [5], "NOT_NUMBER"),
        ("number", {}, float("nan"), "NOT_NUMBER"),
        ("number", {}, float("inf"), "NOT_NUMBER"),
        ("number", {}, 10**20, "NOT_NUMBER"),
        ("number", {}, 1e300, "NOT_NUMBER"),
        ("number", {}, Decimal("1E+400"), "NOT_NUMBER"),
        ("number", {"serializeToString": True}, "NaN", "NOT_NUMBER"),
        ("number", {"serializeToString": True}, "1e5", "NOT_NUMBER"),
        ("number", {"serializeToString": True}, "１２", "NOT_NUMBER"),
        ("number", {"serializeToString": True}, "1,5", "NOT_NUMBER"),
        ("number", {"validate": {"min": 5}}, 4, "TOO_SMALL"),
        ("number", {"validate": {"max": 5}}, 5.01, "TOO_LARGE"),
        ("number", {"decimalDigits": 0}, 1.5, "TOO_PRECISE"),
        ("number", {"increment": "0.5"}, 1.2, "NOT_STEP"),
        ("checkbox", {}, "true", "NOT_YES_NO"),
        ("checkbox", {}, 1, "NOT_YES_NO"),
        ("checkbox", {"validate": {"required": True}}, False, "REQUIRED"),
        ("radio", {"values": VOTES}, "reject", "NOT_OFFERED"),
        ("select", {"values": VOTES}, ["approve"], "NOT_OFFERED"),
        ("select", {"values": [{"value": 1}]}, True, "NOT_OFFERED"),
        ("checklist", {"values": VOTES}, ["approve", "reject"], "NOT_OFFERED"),
        ("checklist", {"values": VOTES}, "approve", "NOT_LIST"),
        ("checklist", {"values": VOTES}, ["approve"] * 201, "TOO_MANY"),
        ("taglist", {"values": VOTES, "validate": {"required": True}}, [], "REQUIRED"),
        ("datetime", {"subtype": "date"}, "01.03.2026", "NOT_DATE"),
        ("datetime", {"subtype": "date"}, "2026-02-30", "NOT_DATE"),
        ("datetime", {"subtype": "date"}, 5, "NOT_DATE"),
        ("datetime", {"subtype": "time"}, "25:00", "NOT_TIME"),
        ("datetime", {"subtype": "datetime"}, "yesterday", "NOT_DATE_TIME"),
    ],
)
def test_what_breaks_a_rule_is_refused(kind: str, rules: dict[str, Any], sent: Any, code: str | None) -> None:
    _, problems = forms.check(one(kind, **rules), {"x": sent})
    assert [each.code for each in problems] == ([] if code is None else [code])


@pytest.mark.parametrize(
    ("kind", "rules", "sent", "clean"),
    [
        ("textfield", {}, "a ", "a "),
        ("textfield", {}, "", None),
        ("textfield", {"validate": {"validationType": "email"}}, "li@example.com", "li@example.com"),
        ("textfield", {"validate": {"validationType": "phone"}}, "+49 (30) 664-0409", "+49 (30) 664-0409"),
        ("textfield", {"validate": {"minLength": 3}}, "", None),
        ("number", {}, 5, 5),
        ("number", {}, 5.0, 5),
        ("number", {}, 0.1, Decimal("0.1")),
        ("number", {}, -0.0000001, Decimal("-0.0000001")),
        ("number", {}, 0, 0),
        ("number", {"validate": {"required": True}}, 0, 0),
        ("number", {"serializeToString": True}, "5", Decimal(5)),
        ("number", {"serializeToString": True}, "5.10", Decimal("5.10")),
        ("number", {"serializeToString": True}, 5.1, Decimal("5.1")),
        ("number", {"increment": "0.5"}, 1.5, Decimal("1.5")),
        ("checkbox", {}, None, False),
        ("checkbox", {}, True, True),
        ("radio", {"values": VOTES}, "return", "return"),
        ("select", {"values": [{"value": False}], "validate": {"required": True}}, False, False),
        ("select", {"values": [{"value": 1}]}, 1.0, 1),
        ("checklist", {"values": VOTES}, ["return", "approve", "return"], ["return", "approve"]),
        ("checklist", {"values": VOTES}, None, []),
        ("datetime", {"subtype": "date"}, "2026-03-01", "2026-03-01"),
        ("datetime", {"subtype": "time"}, "09:30", "09:30"),
        ("datetime", {"subtype": "datetime"}, "2026-03-01T09:30+08:00", "2026-03-01T09:30+08:00"),
        ("datetime", {"subtype": "datetime"}, "2026-03-01T09:30Z", "2026-03-01T09:30Z"),
    ],
)
def test_what_keeps_the_rules_is_clean(kind: str, rules: dict[str, Any], sent: Any, clean: Any) -> None:
    found, problems = forms.check(one(kind, **rules), {"x": sent})
    assert problems == []
    assert found == {"x": clean}
    assert type(found["x"]) is type(clean)


def test_a_day_that_has_passed_is_refused() -> None:
    day = one("datetime", subtype="date", disallowPassedDates=True)
    with clock.use(clock.MovableClock(datetime(2026, 3, 2, tzinfo=UTC))):
        assert [each.code for each in forms.check(day, {"x": "2026-03-01"})[1]] == ["PAST"]
        assert forms.check(day, {"x": "2026-03-02"})[1] == []


def test_what_is_only_shown_is_not_taken_from_the_sender() -> None:
    shown = form(
        {"type": "textfield", "key": "kind", "label": "Kind", "readonly": True},
        {"type": "textfield", "key": "note", "label": "Note", "disabled": True},
        {"type": "textfield", "key": "why", "label": "Why", "validate": {"required": True}, "conditional": {"hide": '= kind = "simple"'}},
    )
    clean, problems = forms.check(shown, {"kind": "simple", "note": "forged"}, variables={"kind": "difficult"})
    assert clean == {"why": None}
    assert [each.pointer for each in problems] == ["/why"]


def test_a_hidden_group_hides_its_fields() -> None:
    grouped = form(
        {"type": "checkbox", "key": "urgent", "label": "Urgent"},
        {
            "type": "group",
            "conditional": {"hide": "= not(urgent)"},
            "components": [{"type": "textfield", "key": "why", "label": "Why", "validate": {"required": True}}],
        },
    )
    assert forms.check(grouped, {}) == ({"urgent": False}, [])
    assert [each.code for each in forms.check(grouped, {"urgent": True})[1]] == ["REQUIRED"]


def test_what_hangs_on_a_hidden_field_is_decided_without_it() -> None:
    chain = form(
        {"type": "textfield", "key": "c", "label": "C", "validate": {"required": True}, "conditional": {"hide": '= b = "x"'}},
        {"type": "textfield", "key": "b", "label": "B", "conditional": {"hide": '= a = "x"'}},
        {"type": "textfield", "key": "a", "label": "A"},
    )
    assert [each.pointer for each in forms.check(chain, {"a": "x", "b": "x"})[1]] == ["/c"]
    assert forms.check(chain, {"a": "y", "b": "x"})[1] == []


def test_rows_of_a_list_are_checked_one_by_one() -> None:
    rows = form(
        {"type": "checkbox", "key": "priced", "label": "Priced"},
        {
            "type": "dynamiclist",
            "path": "items",
            "isRepeating": True,
            "label": "Items",
            "validate": {"required": True},
            "components": [
                {"type": "textfield", "key": "name", "label": "Name", "validate": {"required": True}},
                {"type": "number", "key": "price", "label": "Price", "validate": {"min": 1}, "conditional": {"hide": "= not(priced)"}},
            ],
        },
    )
    clean, problems = forms.check(rows, {"priced": True, "items": [{"name": "a", "price": 1.5}, {"price": 0, "x": 1}, 5]})
    assert clean["items"] == [{"name": "a", "price": Decimal("1.5")}, {"name": None, "price": None}, {}]
    assert [(each.code, each.pointer) for each in problems] == [
        ("REQUIRED", "/items/1/name"),
        ("TOO_SMALL", "/items/1/price"),
        ("UNKNOWN_FIELD", "/items/1/x"),
        ("NOT_FIELDS", "/items/2"),
    ]
    assert forms.check(rows, {"items": [{"name": "a", "price": 0}]}) == ({"priced": False, "items": [{"name": "a"}]}, [])
    assert [each.code for each in forms.check(rows, {"items": [{}] * 201})[1]] == ["TOO_MANY"]
    assert [each.code for each in forms.check(rows, {})[1]] == ["REQUIRED"]


def test_a_number_too_long_to_be_written_is_refused() -> None:
    assert [each.code for each in forms.check(one("number"), {"x": 10**5000})[1]] == ["NOT_NUMBER"]
