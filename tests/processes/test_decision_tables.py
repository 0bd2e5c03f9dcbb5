"""The decision tables of complaint handling: every row can be reached, UNIQUE tables have exactly one row for everything,
and they say what the worked cases (figured out by hand from the specification) expect."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from engine.bpmn import checks
from engine.bpmn.decision_files import Decision, evaluate, read

DIAGRAMS = Path(__file__).parents[2] / "diagrams"
YES_NO = (True, False)
LEVELS = (1, 2, 3, 4)
CATEGORIES = ["PQ", "AS", "DL", "PR", "SA", "CT", "FN", "IS", "PI", "SF", "MG", "OT"]
PROFILES = ["NONE", "CN-BANK", "CN-12315", "WECHAT-PAY", "UK-FCA", "UK-FCA-PSD", "US-CFPB"]

DOMAINS: Mapping[str, Mapping[str, tuple[Any, ...]]] = {
    "intake_validation": dict.fromkeys(
        ["duplicate_open", "in_legal_proceeding", "our_business", "previously_final", "anonymous", "authorised", "complete"], YES_NO
    ),
    "routing": {"category": tuple(CATEGORIES), "level": LEVELS},
    "retention": {"level": LEVELS, "legal_file": YES_NO, "injury": YES_NO},
    "regulatory_overlay": {"profile": tuple(PROFILES)},
    "solution_review_route": {"level": LEVELS, "simple": YES_NO},
}
NOTHING_SPECIAL = {
    "claim_amount": Decimal(45),
    "affected_customers": 1,
    "safety": "none",
    "time_critical": False,
    "repeat_count": 0,
    "media": "none",
    "source_regulator": False,
    "vulnerable": False,
    "sub_category": "DL-LATE",
    "legal_action": False,
    "severity_tier": "",
}
ORDINARY = {
    "level": 1,
    "affected_customers": 1,
    "media": "none",
    "repeat_count": 0,
    "vulnerable": False,
    "involved_count": 1,
    "sla_used": Decimal(0),
    "reopen_count": 0,
}
HINTS = [
    "SAFETY",
    "FOOD",
    "PRIVACY",
    "FRAUD",
    "QUALITY",
    "AFTER",
    "DELIVERY",
    "PRICE",
    "FEE",
    "SALE",
    "ACCOUNT",
    "SYSTEM",
    "EDU",
    "CONTRACT",
    "ATTITUDE",
    "INTERNAL",
]
REACHING: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "classification": ({"hints": [f"KW-{hint}" for hint in HINTS]}, {"hints": []}),
    "grading": (
        {
            **NOTHING_SPECIAL,
            "claim_amount": Decimal(2000),
            "affected_customers": 2,
            "safety": "potential",
            "time_critical": True,
            "repeat_count": 1,
            "media": "threatened",
            "source_regulator": True,
            "vulnerable": True,
            "sub_category": "CT-FRAUD",
            "legal_action": True,
            "severity_tier": "serious",
        },
        {
            **NOTHING_SPECIAL,
            "claim_amount": Decimal(50000),
            "affected_customers": 10,
            "safety": "actual",
            "repeat_count": 2,
            "media": "published",
            "severity_tier": "urgent",
        },
        {**NOTHING_SPECIAL, "claim_amount": Decimal(200000), "affected_customers": 50},
    ),
    "priority_score": (
        {
            **ORDINARY,
            "affected_customers": 10,
            "media": "threatened",
            "repeat_count": 1,
            "vulnerable": True,
            "involved_count": 3,
            "sla_used": Decimal("0.8"),
            "reopen_count": 1,
        },
        *({**ORDINARY, "level": level, "sla_used": Decimal(1)} for level in LEVELS),
    ),
    "evidence_checklist": tuple({"category": category} for category in CATEGORIES),
}


@cache
def table(decision_id: str) -> Decision:
    path = next(DIAGRAMS.glob(f"*/{decision_id}.dmn"))
    return read(path.name, path.read_bytes())


def ask(decision_id: str, **inputs: Any) -> dict[str, Any]:
    return evaluate(table(decision_id), inputs, {}).result


def rows(decision_id: str, inputs: Mapping[str, Any]) -> tuple[int, ...]:
    return evaluate(table(decision_id), inputs, {}).rows


def everything(decision_id: str) -> list[dict[str, Any]]:
    domain = DOMAINS[decision_id]
    return [dict(zip(domain, values, strict=True)) for values in product(*domain.values())]


@pytest.mark.parametrize("decision_id", DOMAINS)
def test_a_unique_table_has_one_row_for_everything_and_uses_all_its_rows(decision_id: str) -> None:
    found = [rows(decision_id, inputs) for inputs in everything(decision_id)]
    assert [inputs for inputs, held in zip(everything(decision_id), found, strict=True) if len(held) != 1] == []
    assert {row for held in found for row in held} == {row.number for row in table(decision_id).rows}


def test_no_table_is_warned_of_a_gap_or_of_rows_that_hold_together() -> None:
    files = {path.name: path.read_bytes() for path in DIAGRAMS.rglob("*.dmn")}
    assert [one.message for one in checks.run(files) if one.rule == "decision_rules"] == []


@pytest.mark.parametrize("decision_id", REACHING)
def test_every_row_of_a_collecting_table_can_be_reached(decision_id: str) -> None:
    reached = {row for inputs in REACHING[decision_id] for row in rows(decision_id, inputs)}
    assert reached == {row.number for row in table(decision_id).rows}


def test_every_clock_has_its_targets_and_a_clock_without_a_row_is_not_used() -> None:
    clocks = {row.cells[0].text.strip("'") for row in table("sla_targets").rows if row.cells[0] is not None}
    for clock, level in product(clocks, LEVELS):
        held = rows("sla_targets", {"clock": clock, "level": level})
        assert len(held) == (0 if (clock, level) == ("C-ENGAGE", 1) else 1), (clock, level)
    assert len(clocks) == 22
    assert ask("sla_targets", clock="C-ENGAGE", level=1)["target"] is None


@pytest.mark.parametrize(
    ("clock", "level", "target", "thresholds", "pausable"),
    [
        ("C-ACK", 1, "12ch", [80, 100], False),
        ("C-TRIAGE", 4, "0.5ch", [100], False),
        ("C-FIRST", 3, "2ch", [80, 100, 150, 200], False),
        ("C-ENGAGE", 2, "24ch", [100], False),
        ("C-INVEST", 2, "2wd", [80, 100, 150], True),
        ("C-RESOLVE", 1, "5wd", [50, 80, 100, 150, 200], True),
        ("C-PAY", 3, "1wd", [80, 100, 150], False),
        ("C-MEDIATE", 2, "10wd", [50, 80, 100], False),
        ("C-REVIEW2", 4, "30cd", [50, 80, 100], False),
    ],
)
def test_targets(clock: str, level: int, target: str, thresholds: list[int], pausable: bool) -> None:
    assert ask("sla_targets", clock=clock, level=level) == {"target": target, "thresholds": thresholds, "pausable": pausable}


ADMITTED = dict.fromkeys(("duplicate_open", "in_legal_proceeding", "previously_final", "anonymous"), False) | {
    "our_business": True,
    "authorised": True,
    "complete": True,
}


@pytest.mark.parametrize(
    ("changed", "decision", "reason", "template"),
    [
        ({}, "accept", "OK", "T-ACK"),
        ({"duplicate_open": True}, "merge", "DUPLICATE", "T-MERGED"),
        ({"in_legal_proceeding": True, "complete": False}, "inadmissible", "LEGAL_PROCEEDING", "T-INADMISSIBLE"),
        ({"our_business": False}, "inadmissible", "NOT_OUR_BUSINESS", "T-INADMISSIBLE"),
        ({"previously_final": True}, "inadmissible", "ALREADY_DECIDED", "T-INADMISSIBLE"),
        ({"complete": False}, "need_info", "INCOMPLETE", "T-INFO-REQUEST"),
        ({"anonymous": True, "authorised": False}, "accept_no_reply", "ANONYMOUS", ""),
        ({"authorised": False}, "need_info", "AUTHORISATION", "T-INFO-REQUEST"),
    ],
)
def test_admission(changed: dict[str, bool], decision: str, reason: str, template: str) -> None:
    assert ask("intake_validation", **(ADMITTED | changed)) == {"decision": decision, "reason": reason, "template": template}


@pytest.mark.parametrize(
    ("hints", "best"),
    [
        (["KW-DELIVERY"], ("DL", "DL-LATE")),
        (["KW-ATTITUDE"], ("SA", "SA-ATT")),
        (["KW-SAFETY", "KW-QUALITY"], ("SF", "SF-INJ")),
        (["KW-FEE"], ("FN", "FN-FEE")),
        (["KW-FRAUD"], ("CT", "CT-FRAUD")),
        (["KW-PRICE", "KW-FEE"], ("PR", "PR-OVERCHARGE")),
        (["KW-CONTRACT", "KW-EDU"], ("FN", "FN-EDU")),
        ([], ("OT", "OT-GEN")),
    ],
)
def test_the_strongest_category(hints: list[str], best: tuple[str, str]) -> None:
    found = ask("classification", hints=hints)
    strongest = found["weight"].index(max(found["weight"]))
    assert (found["category"][strongest], found["sub_category"][strongest]) == best


@pytest.mark.parametrize(
    ("changed", "level", "reasons"),
    [
        ({}, 1, ["G00-BASE"]),
        ({"claim_amount": Decimal("1999.99")}, 1, ["G00-BASE"]),
        ({"claim_amount": Decimal(3200), "sub_category": "FN-FEE"}, 2, ["G01-AMOUNT"]),
        ({"claim_amount": Decimal(5196), "sub_category": "CT-FRAUD"}, 3, ["G16-TYPE"]),
        ({"claim_amount": Decimal(86000), "safety": "actual", "sub_category": "SF-INJ"}, 4, ["G08-SAFETY"]),
        ({"media": "published"}, 4, ["G13-MEDIA"]),
        ({"vulnerable": True}, 2, ["G15-VULNERABLE"]),
        ({"severity_tier": "urgent"}, 3, ["G19-TIER"]),
    ],
)
def test_grades(changed: dict[str, Any], level: int, reasons: list[str]) -> None:
    found = ask("grading", **(NOTHING_SPECIAL | changed))
    assert max(found["level"]) == level
    assert [reason for reason, graded in zip(found["reason"], found["level"], strict=True) if graded == level] == reasons


@pytest.mark.parametrize(
    ("changed", "score"),
    [
        ({}, 10),
        ({"involved_count": 3}, 15),
        ({"level": 2}, 30),
        ({"level": 2, "involved_count": 3}, 35),
        ({"level": 3, "involved_count": 2}, 50),
        ({"level": 4, "involved_count": 4}, 75),
        ({"level": 2, "sla_used": Decimal("0.79")}, 30),
        ({"level": 2, "sla_used": Decimal("0.8")}, 40),
        ({"level": 2, "sla_used": Decimal(1)}, 50),
    ],
)
def test_priority_points(changed: dict[str, Any], score: int) -> None:
    assert sum(ask("priority_score", **(ORDINARY | changed))["points"]) == score


@pytest.mark.parametrize(
    ("category", "level", "department", "handlers", "helpers", "owners", "supervisor"),
    [
        ("DL", 1, "LOGISTICS", "cs_group", [], "cs_group", "team_lead"),
        ("DL", 2, "LOGISTICS", "logistics_group", ["CS"], "cs_group", "dept_manager"),
        ("SA", 1, "CS", "cs_group", [], "cs_group", "team_lead"),
        ("FN", 2, "BUSINESS_LINE", "fin_group", ["COMPLIANCE"], "cs_group", "dept_manager"),
        ("CT", 3, "LEGAL", "contract_group", ["MARKETING"], "cs_senior_group", "complaint_manager"),
        ("PQ", 2, "QA", "quality_group", ["PRODUCTION", "CS"], "cs_group", "dept_manager"),
        ("SF", 4, "SAFETY", "crisis_group", ["QA", "LEGAL", "PR_TEAM"], "cs_senior_group", "executive"),
    ],
)
def test_routes(category: str, level: int, department: str, handlers: str, helpers: list[str], owners: str, supervisor: str) -> None:
    assert ask("routing", category=category, level=level) == {
        "owner_department": department,
        "handler_group": handlers,
        "co_departments": helpers,
        "case_owner_group": owners,
        "supervisor_role": supervisor,
    }


@pytest.mark.parametrize(
    ("category", "mandatory"),
    [
        ("DL", ["order_record", "contact_record", "delivery_trace"]),
        ("SA", ["contact_record", "staff_service_record", "staff_statement"]),
        ("FN", ["contact_record", "transaction_log", "contract_and_risk_disclosure"]),
        ("PQ", ["order_record", "contact_record", "inspection_report", "batch_trace"]),
        ("CT", ["order_record", "contact_record"]),
        ("OT", ["contact_record"]),
    ],
)
def test_mandatory_evidence(category: str, mandatory: list[str]) -> None:
    found = ask("evidence_checklist", category=category)
    assert [one for one, wanted in zip(found["evidence_type"], found["mandatory"], strict=True) if wanted] == mandatory


@pytest.mark.parametrize(
    ("level", "legal_file", "injury", "years"),
    [(1, False, False, 3), (2, False, False, 3), (3, False, False, 5), (4, False, False, 10), (1, True, False, 5), (1, True, True, 10)],
)
def test_retention(level: int, legal_file: bool, injury: bool, years: int) -> None:
    assert ask("retention", level=level, legal_file=legal_file, injury=injury)["years"] == years


@pytest.mark.parametrize(("profile", "limit"), [("NONE", None), ("CN-BANK", "15cd"), ("UK-FCA", "56cd final response")])
def test_limits_of_authorities(profile: str, limit: str | None) -> None:
    assert ask("regulatory_overlay", profile=profile)["base_limit"] == limit


@pytest.mark.parametrize(
    ("level", "simple", "reviewers", "checked"),
    [
        (1, True, [], 10),
        (1, False, ["team_lead"], 0),
        (2, True, ["dept_manager"], 0),
        (3, False, ["dept_manager", "complaint_manager"], 0),
        (4, False, ["complaint_manager", "legal", "executive"], 0),
    ],
)
def test_reviewers(level: int, simple: bool, reviewers: list[str], checked: int) -> None:
    assert ask("solution_review_route", level=level, simple=simple) == {"reviewers": reviewers, "post_check_pct": checked}
