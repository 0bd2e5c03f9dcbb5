"""The drawn way of a complaint, with handlers and form rules that only say what the diagram asks: which way it goes then."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, deployments, due_jobs, forms, instances, messages, scheduler, steps, user_tasks
from engine.calendars import WorkingCalendar
from engine.database import Database, Table, open_database, reading, unit_of_work
from engine.errors import FourEyes
from engine.extensions import SYSTEM, Actor, Extensions, FormRules, Handler, ServiceTask, Values
from engine.tables import ActivityInstance, Job, ProcessInstance, UserTask

MONDAY = datetime(2026, 3, 9, 1, tzinfo=UTC)  # 09:00 in Shanghai
DIAGRAMS = Path(__file__).parents[2] / "diagrams"
STAND_INS = Path(__file__).parent / "diagrams" / "called_by_complaint_handling.bpmn"
EVERYBODY = frozenset(
    [
        "intake_agent",
        "case_owner",
        "case_owner_senior",
        "team_lead",
        "dept_handler",
        "dept_manager",
        "complaint_manager",
        "compliance",
        "legal",
        "executive",
        "clerk",
    ]
)
KIM = Actor(id="kim", groups=EVERYBODY)
LEE = Actor(id="lee", groups=EVERYBODY)
REMEDY = ("price", "freight", "repair_days", "loss", "medical", "care", "lost_income", "days_late", "overcharge", "fee", "days")

SAID: Mapping[str, Values] = {
    "complaint.register": {
        "channel": "app",
        "complete": True,
        "accepted": False,
        "resolved_on_contact": False,
        "triage_confirmed": False,
        "negotiation_round": 0,
        "reopen_count": 0,
    },
    "complaint.check_intake": {
        "duplicate_open": False,
        "in_legal_proceeding": False,
        "our_business": True,
        "previously_final": False,
        "anonymous": False,
        "authorised": True,
        "complete": True,
    },
    "complaint.grading_inputs": {
        "hints": ["KW-DELIVERY"],
        "claim_amount": Decimal("45"),
        "affected_customers": 1,
        "safety": "none",
        "time_critical": False,
        "repeat_count": 0,
        "media": "none",
        "source_regulator": False,
        "vulnerable": False,
        "legal_action": False,
        "severity_tier": "",
        "confirmed_category": None,
        "confirmed_sub_category": None,
        "level_override": None,
        "sla_used": Decimal(0),
        "reopen_count": 0,
        "extra_departments": [],
        "profile": "NONE",
    },
    "complaint.resolve_on_contact": {
        "remedy_case": "SERVICE_ATTITUDE",
        "requested_amount": Decimal(50),
        "founded": "founded",
        "decision": "accept",
        "goodwill_payments": 0,
        "conflict_unresolved": False,
    },
    "complaint.begin_investigation": {"evidence_pending": False},
    "complaint.begin_proposal": {"negotiation_round": 1, "resolved_on_contact": False},
    "complaint.record_proposal": {"needs_approval": True},
    "complaint.open_claim": {"compensation_id": "k1"},
    "complaint.take_approval": {"claim_approved": True, "approved_amount": Decimal("44.85")},
    "complaint.begin_communication": {"evidence_pending": False},
    "complaint.store_decision": {
        "customer_willing": True,
        "in_legal_proceeding": False,
        "disputed_amount": Decimal(16000),
        "injury_or_privacy": False,
    },
    "complaint.record_mediation": {"mediation_id": "m1"},
    "complaint.take_mediation": {"mediation_settled": False},
    "complaint.begin_execution": {
        "actions": [
            {"id": "a1", "type": "voucher", "owner": "kim", "department": "CS", "due": "2026-03-12T18:00:00+08:00"},
            {"id": "a2", "type": "apology", "owner": "kim", "department": "CS", "due": "2026-03-20T18:00:00+08:00"},
        ],
        "pay": True,
    },
    "complaint.resolved": {"visit_type": "complaint", "visit_no": 1},
    "complaint.take_visit": {"visit_objection": False, "reopen_count": 0, "settlement_visit_pending": False},
    "complaint.reopen": {"level": 2, "reopen_count": 1, "negotiation_round": 0, "resolved_on_contact": False},
    "complaint.retention_inputs": {"level": 1, "legal_file": False, "injury": False},
    "evidence.open": {"assessor_group": "case_owner"},
    "evidence.flag_rework": {"waits_for_decision": True},
}
ANSWERED: Mapping[str, Values] = {
    "ut_triage": {"triage_confirmed": True, "triage_changed": False},
    "ut_accept_case": {"accept": True, "accepted": True},
    "ut_first_response": {"resolved_on_contact": False},
    "ut_investigate": {"need_customer_info": False, "founded": "founded", "multi_department": False, "inputs_requested": False},
    "ut_propose_solution": {
        **dict.fromkeys(REMEDY, Decimal(0)),
        "remedy_case": "DELIVERY_LATE",
        "requested_amount": Decimal("44.85"),
        "price": Decimal(299),
        "days_late": 3,
        "goodwill_payments": 0,
        "conflict_unresolved": False,
    },
    "ut_wait_customer_info": {"info_provided": True},
    "ut_review_solution": {"vote": "approve"},
    "ut_verify_execution": {"evidence_pending": False},
    "ut_result_feedback": {"authority_open": False},
    "ut_confirm_duplicate": {"agree_merge": True},
    "ut_confirm_inadmissible": {"agree": True},
    "ut_assess_evidence": {"handling": "file"},
}


@dataclass(kw_only=True)
class Stubs:
    """What handlers give and what form rules record; tests change it. `called` are the topics in the order they were asked."""

    given: dict[str, Values] = field(default_factory=lambda: {topic: dict(values) for topic, values in SAID.items()})
    recorded: dict[str, Values] = field(default_factory=lambda: {key: dict(values) for key, values in ANSWERED.items()})
    called: list[str] = field(default_factory=list)

    def handler(self, topic: str) -> Handler:
        def give(session: Session, task: ServiceTask) -> Values:
            self.called.append(topic)
            return self.given.get(topic, {})

        return Handler(topic=topic, kind="record", record=give)

    def rules(self, form_key: str) -> FormRules:
        return FormRules(record=lambda session, task, values, actor: self.recorded.get(form_key, {}))


FILES = {
    path.relative_to(DIAGRAMS).as_posix(): path.read_bytes()
    for path in sorted(DIAGRAMS.rglob("*.*"))
    if path.suffix in (".bpmn", ".dmn", ".form") and not (path.suffix == ".bpmn" and path.parent.name != "complaint_handling")
} | {"called/called.bpmn": STAND_INS.read_bytes()}


def extensions(stubs: Stubs) -> Extensions:
    parts = [
        one.partition(b'redress:topic="')[2].partition(b'"')[0].decode() for one in b"".join(FILES.values()).split(b"<bpmn:serviceTask")
    ]
    keys = [name.rpartition("/")[2].removesuffix(".form") for name in FILES if name.endswith(".form")]
    return Extensions(
        handlers={topic: stubs.handler(topic) for topic in parts if topic},
        forms={key: stubs.rules(key) for key in keys},
        calendar=WorkingCalendar(),
    )


@pytest.fixture(scope="module")
def prepared() -> deployments.Prepared:
    return deployments.prepare(FILES, extensions=extensions(Stubs()))


@dataclass(kw_only=True)
class Case:
    """One complaint on its way."""

    database: Database
    time: clock.MovableClock
    stubs: Stubs
    instance_id: str = ""
    sent: int = 0

    def begin(self) -> None:
        with unit_of_work(self.database) as session:
            started = instances.start(
                session, "complaint_handling", variables={"complaint_id": "c1"}, actor=KIM, business_key="TS-1", unique="ever"
            )
            self.instance_id = started.id
        scheduler.tick(self.database)

    def open(self) -> list[str]:
        with reading(self.database) as session:
            return sorted(session.scalars(select(UserTask.element_id).where(UserTask.state == "open")))

    def task(self, element_id: str, state: str = "open") -> UserTask:
        with reading(self.database) as session:
            where = (UserTask.element_id == element_id, UserTask.state == state)
            found = session.scalars(select(UserTask).where(*where).order_by(UserTask.created_at)).first()
            assert found is not None, (element_id, self.open())
            session.expunge_all()
            return found

    def complete(self, element_id: str, *, actor: Actor = KIM, **values: Any) -> None:
        """As a form asks; what the rules make of it is in `stubs.recorded`."""
        task = self.task(element_id)
        with unit_of_work(self.database) as session:
            user_tasks.complete(session, task.id, values={**filled(element_id), **values} if task.form_key else {}, actor=actor)
        scheduler.tick(self.database)

    def variables(self, element_id: str) -> Values:
        """What is known where a task is open."""
        task = self.task(element_id)
        with reading(self.database) as session:
            return steps.load(session, instances.get(session, task.root_id)).data(task.id)

    def passed(self) -> set[str]:
        with reading(self.database) as session:
            return set(session.scalars(select(ActivityInstance.element_id)))

    def send(self, name: str, **payload: Any) -> None:
        self.sent += 1
        with unit_of_work(self.database) as session:
            messages.receive(session, id=f"message {self.sent}", name=name, correlation_key="TS-1", payload=payload, actor=SYSTEM)
        scheduler.tick(self.database)

    def wait(self, **length: int) -> None:
        """Time goes by; what is due on the way happens at its instant."""
        until = self.time() + timedelta(**length)
        while True:
            with reading(self.database) as session:
                due = due_jobs.next_due(session)
            if due is None or due > until:
                break
            self.time.move_to(max(due, self.time()))
            scheduler.tick(self.database)
        self.time.move_to(until)

    def timers(self) -> list[str]:
        with reading(self.database) as session:
            return sorted(one or "" for one in session.scalars(select(Job.element_id).where(Job.kind == "timer")))

    def ended(self) -> tuple[str, str | None]:
        with reading(self.database) as session:
            found = session.get(ProcessInstance, self.instance_id)
            assert found is not None
            return found.state, found.end_element_id

    def until_investigation(self) -> None:
        self.begin()
        for element_id in ("ut_triage", "ut_accept_case", "ut_first_response"):
            self.complete(element_id)

    def until_communicated(self) -> None:
        self.until_investigation()
        self.complete("ut_investigate")
        self.complete("ut_propose_solution")
        self.complete("do_compensation_approval")
        self.complete("ut_communicate_solution")


def filled(form_key: str) -> Values:
    """A valid answer: the first choice and the shortest text for every field that is required."""
    parsed = forms.parse(next(content for name, content in FILES.items() if name.endswith(f"/{form_key}.form")))
    return {one.key: _valid(one) for one in parsed.fields if one.required}


def _valid(one: forms.Field) -> Any:
    if one.type == "dynamiclist":
        return [{part.key: _valid(part) for part in one.fields if part.required}]
    values = {
        "checkbox": True,
        "datetime": "2026-03-12" if one.subtype == "date" else "2026-03-12T10:00",
        "number": one.minimum or 0,
    }
    if one.choices:
        return [one.choices[0]] if one.type in ("taglist", "checklist") else one.choices[0]
    return values.get(one.type, "x" * max(one.min_length, 2))


@pytest.fixture
def case(tmp_path: Path, prepared: deployments.Prepared) -> Iterator[Case]:
    time, stubs = clock.MovableClock(MONDAY), Stubs()
    with clock.use(time):
        database = open_database(f"sqlite:///{tmp_path / 'case.db'}", extensions=extensions(stubs))
        Table.metadata.create_all(database.engine)
        with unit_of_work(database) as session:
            deployments.deploy(session, prepared, SYSTEM)
        yield Case(database=database, time=time, stubs=stubs)
        database.close()


def test_a_late_delivery_goes_from_intake_to_the_archive(case: Case) -> None:
    case.begin()
    assert case.open() == ["ut_triage"]
    case.complete("ut_triage")
    assert case.open() == ["ut_accept_case"]
    case.complete("ut_accept_case")
    case.complete("ut_first_response")
    assert case.open() == ["ut_investigate", "ut_prelim_reply"]
    case.complete("ut_investigate")
    assert case.open() == ["ut_prelim_reply", "ut_propose_solution"]
    case.complete("ut_propose_solution")
    case.complete("do_compensation_approval")
    case.complete("ut_communicate_solution")
    assert case.open() == ["ut_record_decision"]
    case.send("customer.decision", decision="accept", wants_mediation=False)
    assert case.open() == ["do_compensation_payment", "ut_execute_action", "ut_execute_action"]
    for element_id in ("ut_execute_action", "ut_execute_action", "do_compensation_payment", "ut_verify_execution", "ut_result_feedback"):
        case.complete(element_id)
    case.complete("do_return_visit")
    assert case.open() == ["ut_close_archive"]
    case.complete("ut_close_archive")
    assert case.ended() == ("terminated", "end_closed")
    assert case.stubs.called[-2:] == ["complaint.retention_inputs", "complaint.archive"]


def test_a_withdrawal_stops_everything_and_is_confirmed(case: Case) -> None:
    case.until_investigation()
    case.send("customer.withdraw")
    assert case.open() == ["ut_confirm_withdrawal"]
    assert case.task("ut_investigate", "cancelled").element_id == "ut_investigate"
    assert case.task("ut_prelim_reply", "cancelled").element_id == "ut_prelim_reply"
    case.complete("ut_confirm_withdrawal")
    assert case.ended() == ("terminated", "end_withdrawn")
    assert case.stubs.called[-1] == "complaint.close_withdrawn"


def test_a_proceeding_hands_the_case_to_legal(case: Case) -> None:
    case.until_communicated()
    case.send("external.proceeding_started")
    assert case.open() == ["ut_transfer_legal"]
    assert case.timers() == []
    case.complete("ut_transfer_legal")
    assert case.ended() == ("terminated", "end_referred")


def test_what_was_graded_is_as_the_tables_say(case: Case) -> None:
    case.begin()
    variables = case.variables("ut_triage")
    assert (variables["category"], variables["sub_category"], variables["level"]) == ("DL", "DL-LATE", 1)
    assert (variables["priority_score"], variables["priority_band"]) == (10, "PR4")
    assert variables["routing"]["owner_department"] == "LOGISTICS"


def test_a_changed_triage_is_graded_again_and_not_asked_again(case: Case) -> None:
    case.begin()
    case.stubs.recorded["ut_triage"]["triage_changed"] = True
    case.stubs.given["complaint.grading_inputs"] |= {"confirmed_category": "SF", "confirmed_sub_category": "SF-INJ", "safety": "actual"}
    case.complete("ut_triage")
    assert case.open() == ["ut_accept_case", "ut_crossdept_kickoff", "ut_exec_sponsor", "ut_manager_engage"]


def test_a_desk_completes_what_a_caller_left_out(case: Case) -> None:
    case.stubs.given["complaint.register"] |= {"channel": "phone", "complete": False}
    case.begin()
    assert case.open() == ["ut_register"]
    case.complete("ut_register")
    assert case.open() == ["ut_triage"]


def test_a_duplicate_is_merged_and_archived(case: Case) -> None:
    case.stubs.given["complaint.check_intake"]["duplicate_open"] = True
    case.begin()
    assert case.open() == ["ut_confirm_duplicate"]
    case.complete("ut_confirm_duplicate")
    assert case.ended() == ("terminated", "end_closed")
    assert "complaint.acknowledge" not in case.stubs.called


@pytest.mark.parametrize(("agree", "open_after"), [(True, []), (False, ["ut_triage"])])
def test_a_refusal_stands_only_when_a_team_lead_agrees(case: Case, agree: bool, open_after: list[str]) -> None:
    case.stubs.given["complaint.check_intake"]["our_business"] = False
    case.stubs.recorded["ut_confirm_inadmissible"]["agree"] = agree
    case.begin()
    case.complete("ut_confirm_inadmissible", agree=agree)
    assert case.open() == open_after


def test_missing_information_is_asked_for_reminded_of_and_closes_the_complaint(case: Case) -> None:
    case.stubs.given["complaint.check_intake"]["complete"] = False
    case.begin()
    assert case.open() == ["ut_wait_customer_info"]
    assert case.timers() == ["be_info_final", "be_info_reminder_1", "be_info_reminder_2"]
    case.wait(days=8)
    assert case.stubs.called.count("complaint.remind_info") == 2
    case.wait(days=3)
    assert case.ended() == ("terminated", "end_closed")
    assert "complaint.close_no_info" in case.stubs.called


def test_information_asked_for_during_the_investigation_goes_back_to_it(case: Case) -> None:
    case.until_investigation()
    case.stubs.recorded["ut_investigate"] |= {"need_customer_info": True, "founded": None}
    case.complete("ut_investigate", need_customer_info=True, info_items=[{"item": "photo"}])
    assert case.open() == ["ut_prelim_reply", "ut_wait_customer_info"]
    case.send("customer.info_provided", info_provided=True)
    assert case.open() == ["ut_investigate", "ut_prelim_reply"]
    assert case.timers() == []


def test_after_ten_days_an_accepted_case_goes_on_with_what_is_there(case: Case) -> None:
    case.until_investigation()
    case.stubs.recorded["ut_investigate"] |= {"need_customer_info": True, "founded": None}
    case.complete("ut_investigate", need_customer_info=True, info_items=[{"item": "photo"}])
    case.wait(days=11)
    assert case.open() == ["ut_investigate", "ut_prelim_reply"]


def test_a_matter_solved_on_first_contact_is_carried_out_at_once(case: Case) -> None:
    case.stubs.recorded["ut_first_response"]["resolved_on_contact"] = True
    case.stubs.recorded["ut_first_response"] |= dict.fromkeys(REMEDY, Decimal(0))
    case.begin()
    for element_id in ("ut_triage", "ut_accept_case", "ut_first_response", "do_compensation_approval"):
        case.complete(element_id)
    assert case.open() == ["do_compensation_payment", "ut_execute_action", "ut_execute_action"]
    assert case.variables("do_compensation_payment")["reviewers"] == []


def test_a_declined_case_gets_another_owner(case: Case) -> None:
    case.begin()
    case.complete("ut_triage")
    case.stubs.recorded["ut_accept_case"] = {"accept": False, "accepted": False}
    case.complete("ut_accept_case", accept=False, decline_reason="too close")
    assert case.open() == ["ut_assign_owner"]
    case.complete("ut_assign_owner")
    assert case.open() == ["ut_accept_case"]


def test_several_departments_are_weighed_by_the_complaint_manager(case: Case) -> None:
    case.until_investigation()
    case.stubs.recorded["ut_investigate"]["inputs_requested"] = True
    case.complete("ut_investigate")
    assert "ut_determine_responsibility" in case.open()
    case.complete("ut_determine_responsibility")
    assert "ut_propose_solution" in case.open()


def test_nobody_answers_for_what_did_not_happen(case: Case) -> None:
    case.until_investigation()
    case.stubs.recorded["ut_investigate"]["founded"] = "unfounded"
    case.complete("ut_investigate")
    assert "ut_propose_solution" in case.open()
    assert not {"st_share_to_owner", "st_begin_determination"} & case.passed()


def test_reviewers_come_one_after_the_other_and_one_vote_against_sends_it_back(case: Case) -> None:
    case.stubs.given["complaint.grading_inputs"] |= {"claim_amount": Decimal(3200), "profile": "CN-BANK"}
    case.begin()
    case.complete("ut_triage")
    for element_id in (
        "ut_manager_engage",
        "ut_accept_case",
        "ut_first_response",
        "ut_prelim_reply",
        "ut_investigate",
        "ut_propose_solution",
    ):
        case.complete(element_id)
    assert case.task("ut_review_solution").item == {"index": 0, "value": "dept_manager"}
    with pytest.raises(FourEyes):
        case.complete("ut_review_solution", actor=KIM)
    case.complete("ut_review_solution", actor=LEE)
    assert case.task("ut_review_solution").item == {"index": 1, "value": "compliance"}
    case.stubs.recorded["ut_review_solution"]["vote"] = "return"
    case.complete("ut_review_solution", actor=LEE, vote="return", remark="no proof")
    assert case.open() == ["ut_propose_solution"]


def test_a_counter_offer_is_negotiated_once_and_a_rejection_goes_to_mediation(case: Case) -> None:
    case.until_communicated()
    case.stubs.given["complaint.begin_proposal"]["negotiation_round"] = 2
    case.send("customer.decision", decision="counter", wants_mediation=False)
    assert case.open() == ["ut_propose_solution"]
    case.stubs.given["complaint.record_proposal"]["needs_approval"] = False
    case.complete("ut_propose_solution")
    case.complete("ut_communicate_solution")
    case.send("customer.decision", decision="reject", wants_mediation=False)
    assert case.open() == ["do_mediation"]
    case.complete("do_mediation")
    assert case.open() == ["ut_final_response"]
    case.complete("ut_final_response")
    assert case.open() == ["ut_result_feedback"]


def test_a_settlement_is_carried_out(case: Case) -> None:
    case.stubs.given["complaint.take_mediation"]["mediation_settled"] = True
    case.until_communicated()
    case.send("customer.decision", decision="reject", wants_mediation=True)
    case.complete("do_mediation")
    assert "do_compensation_payment" in case.open()


def test_a_customer_who_does_not_answer_is_reminded_twice_and_told_finally(case: Case) -> None:
    case.until_communicated()
    case.wait(days=6)
    assert case.stubs.called.count("complaint.remind_decision") == 2
    case.wait(days=2)
    assert "complaint.final_notice" in case.stubs.called
    assert case.open() == ["ut_result_feedback"]


def test_new_evidence_calls_an_offer_back(case: Case) -> None:
    case.until_communicated()
    case.stubs.recorded["ut_assess_evidence"]["handling"] = "rework"
    case.send("evidence.added", complaint_id="c1", evidence_id="e1")
    assert case.open() == ["ut_assess_evidence", "ut_record_decision"]
    case.complete("ut_assess_evidence", handling="rework")
    assert case.open() == ["ut_investigate"]
    assert case.timers() == []


def test_pending_evidence_is_looked_at_before_the_customer_is_told(case: Case) -> None:
    case.stubs.given["complaint.begin_communication"]["evidence_pending"] = True
    case.until_investigation()
    case.complete("ut_investigate")
    case.complete("ut_propose_solution")
    case.complete("do_compensation_approval")
    assert case.open() == ["ut_investigate", "ut_prelim_reply"]


def test_a_measure_that_is_not_done_in_time_is_escalated_and_stays_open(case: Case) -> None:
    case.until_communicated()
    case.send("customer.decision", decision="accept", wants_mediation=False)
    case.wait(days=4)
    assert case.stubs.called.count("complaint.action_overdue") == 1
    assert case.open().count("ut_execute_action") == 2


def _until_visited(case: Case) -> None:
    case.stubs.given["complaint.begin_execution"] |= {"actions": [], "pay": False}
    case.until_communicated()
    case.send("customer.decision", decision="accept", wants_mediation=False)
    for element_id in ("ut_verify_execution", "ut_result_feedback", "do_return_visit"):
        case.complete(element_id)


def test_an_objection_with_new_facts_reopens_the_case(case: Case) -> None:
    case.stubs.given["complaint.take_visit"]["visit_objection"] = True
    _until_visited(case)
    assert case.open() == ["ut_investigate"]
    assert "complaint.reopen" in case.stubs.called


def test_a_third_objection_goes_to_mediation(case: Case) -> None:
    case.stubs.given["complaint.take_visit"] |= {"visit_objection": True, "reopen_count": 2}
    _until_visited(case)
    assert case.open() == ["do_mediation"]


def test_closing_waits_for_the_settlement_visit(case: Case) -> None:
    case.stubs.given["complaint.take_visit"]["settlement_visit_pending"] = True
    _until_visited(case)
    assert case.open() == []
    case.send("visit.settlement_done")
    assert case.open() == ["ut_close_archive"]


def test_an_authority_gets_its_reply(case: Case) -> None:
    case.stubs.recorded["ut_result_feedback"]["authority_open"] = True
    case.stubs.given["complaint.begin_execution"] |= {"actions": [], "pay": False}
    case.until_communicated()
    case.send("customer.decision", decision="accept", wants_mediation=False)
    case.complete("ut_verify_execution")
    case.complete("ut_result_feedback")
    case.complete("ut_regulator_reply")
    assert case.open() == ["do_return_visit"]


def test_every_department_is_asked_and_a_late_one_escalated(case: Case) -> None:
    case.until_investigation()
    case.stubs.given["dept_input.open"] = {"departments": ["QA", "LOGISTICS"]}
    case.send("case.request_input", complaint_id="c1", departments=["QA", "LOGISTICS"], question_id="q1")
    assert case.open().count("ut_dept_input") == 2
    case.wait(days=2)
    assert case.stubs.called.count("dept_input.overdue") == 2
    case.complete("ut_dept_input")
    case.complete("ut_dept_input")
    assert "ut_dept_input" not in case.open()
