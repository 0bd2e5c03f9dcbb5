"""Every route x (no token, wrong role, excluded person) is refused. A route that is not in this file fails it."""

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from api import demo, permissions
from api.errors import MissingPermission
from api.requests import Declared
from engine.database import reading, unit_of_work
from engine.extensions import Actor, Extensions, Handler
from engine.tables import Job, UserTask, UserTaskCandidate
from processes import case_viewers, roles
from processes.tables.cases import Complaint
from processes.tables.people import Membership
from tests.api import walks
from tests.api.conftest import DIAGRAMS, PREFIX, Office, prepared

REASON = {"reason": "to see who may"}
DRAFT = {"If-Match": '"0"'}
NOBODY = "u_admin1"  # an account whose only role has nothing to do with cases
CONCERNED = "u_lead2"  # gets every role that sees cases, and is excluded from the case of the test
ALL_ROLES = ("ops", "process_owner", "complaint_manager", "auditor", "case_owner", "intake_agent", "finance_clerk")


@dataclass(frozen=True, kw_only=True)
class Route:
    """How a route is called; `{names}` are ids of the case. `about` says that it concerns one case."""

    path: str
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    about: bool = True
    file: bool = False  # sent as a form with a file


BY_ID: dict[str, Route] = {
    "process_instances.get": Route(path="/process-instances/{instance}"),
    "process_instances.tokens": Route(path="/process-instances/{instance}/tokens"),
    "process_instances.activity_instances": Route(path="/process-instances/{instance}/activity-instances"),
    "process_instances.decision_instances_of": Route(path="/process-instances/{instance}/decision-instances"),
    "process_instances.variables": Route(path="/process-instances/{instance}/variables"),
    "process_instances.set_variables": Route(
        path="/process-instances/{instance}/variables", body={"variables": {"a": 1}, **REASON}, headers={"If-Match": '"1"'}
    ),
    "process_instances.cancel": Route(path="/process-instances/{instance}/cancellation", body=REASON),
    "user_tasks.get": Route(path="/user-tasks/{task}"),
    "user_tasks.form": Route(path="/user-tasks/{task}/form"),
    "user_tasks.operations_on": Route(path="/user-tasks/{task}/operations"),
    "user_tasks.draft": Route(path="/user-tasks/{task}/draft"),
    "user_tasks.save_draft": Route(path="/user-tasks/{task}/draft", body={"values": {}}, headers=DRAFT),
    "user_tasks.assign": Route(path="/user-tasks/{task}/assignment", body={}),
    "user_tasks.unassign": Route(path="/user-tasks/{task}/assignment"),
    "user_tasks.complete": Route(path="/user-tasks/{task}/completion", body={"values": {}}),
    "user_tasks.withdraw": Route(path="/user-tasks/{task}/completion"),
    "user_task_hand_overs.delegate": Route(path="/user-tasks/{task}/delegation", body={"delegate": "u_legal1"}),
    "user_task_hand_overs.give_back": Route(path="/user-tasks/{task}/delegation", body={"note": "Done."}),
    "user_task_hand_overs.follow_up": Route(path="/user-tasks/{task}/follow-up", body={"at": "2026-10-01T00:00:00Z"}),
    "user_task_hand_overs.prioritise": Route(path="/user-tasks/{task}/priority", body={"priority": 70}),
    "user_task_hand_overs.forget_follow_up": Route(path="/user-tasks/{task}/follow-up"),
    "user_task_hand_overs.undo": Route(path="/user-tasks/{task}/reversal", headers=DRAFT),
    "jobs.get": Route(path="/jobs/{job}"),
    "jobs.retry": Route(path="/jobs/{job}/retry", body=REASON),
    "timers.get": Route(path="/timers/{timer}"),
    "timers.move": Route(path="/timers/{timer}/due-date", body={"due_at": "2026-10-01T00:00:00Z", **REASON}),
    "timers.fire": Route(path="/timers/{timer}/firing", body=REASON),
    "incidents.get": Route(path="/incidents/{incident}"),
    "incidents.retry": Route(path="/incidents/{incident}/retry", body=REASON),
    "complaints.get": Route(path="/complaints/{complaint}"),
    "complaints.reveal_contact_data": Route(path="/complaints/{complaint}/contact-data", body=REASON),
    "complaint_records.timeline": Route(path="/complaints/{complaint}/timeline"),
    "complaint_records.clocks": Route(path="/complaints/{complaint}/clocks"),
    "complaint_records.contacts": Route(path="/complaints/{complaint}/contacts"),
    "complaint_records.decisions": Route(path="/complaints/{complaint}/decisions"),
    "complaint_outcomes.proposals": Route(path="/complaints/{complaint}/proposals"),
    "complaint_outcomes.payments": Route(path="/complaints/{complaint}/payments"),
    "complaint_outcomes.responsibility_shares": Route(path="/complaints/{complaint}/responsibility-shares"),
    "complaint_outcomes.explanations": Route(path="/complaints/{complaint}/explanations"),
    "complaint_links.list_links": Route(path="/complaints/{complaint}/links"),
    "complaint_links.link": Route(path="/complaints/{complaint}/links", body={"reference": "{complaint}", **REASON}),
    "complaint_links.unlink": Route(path="/complaints/{complaint}/links/{complaint}"),
    "complaint_merging.merge": Route(path="/complaints/{complaint}/merging", body={"into": "{complaint}", **REASON}),
    "complaint_messages.list_messages": Route(path="/complaints/{complaint}/messages"),
    "complaint_comments.list_comments": Route(path="/complaints/{complaint}/comments"),
    "complaint_comments.write": Route(path="/complaints/{complaint}/comments", body={"text": "Late again."}),
    "complaint_comments.people": Route(path="/complaints/{complaint}/people"),
    "comments.get": Route(path="/comments/{comment}"),
    "comments.edit": Route(path="/comments/{comment}", body={"text": "Late."}, headers={"If-Match": '"0"'}),
    "comments.delete": Route(path="/comments/{comment}"),
    "complaint_watchers.list_watchers": Route(path="/complaints/{complaint}/watchers"),
    "complaint_watchers.watch": Route(path="/complaints/{complaint}/watchers/me"),
    "complaint_watchers.unwatch": Route(path="/complaints/{complaint}/watchers/me"),
    "complaint_attachments.list_attachments": Route(path="/complaints/{complaint}/attachments"),
    "complaint_attachments.add": Route(path="/complaints/{complaint}/attachments", file=True),
    "evidence_waivers.waive": Route(path="/complaints/{complaint}/evidence-waivers", body={"type": "order_record", **REASON}),
    "attachments.get": Route(path="/attachments/{attachment}"),
    "attachments.content": Route(path="/attachments/{attachment}/content"),
    "attachments.reveal": Route(path="/attachments/{attachment}/opening", body=REASON),
    "attachments.delete": Route(path="/attachments/{attachment}/deletion", body=REASON),
    "compensations.get": Route(path="/compensations/{compensation}"),
    # What is nobody's case: definitions, deployments and messages are seen by role alone.
    "process_definitions.get": Route(path="/process-definitions/{definition}", about=False),
    "process_definitions.xml": Route(path="/process-definitions/{definition}/xml", about=False),
    "process_definitions.form": Route(path="/process-definitions/{definition}/forms/errand", about=False),
    "deployments.get": Route(path="/deployments/{deployment}", about=False),
    "messages.get": Route(path="/messages/m1", about=False),
}
LISTS: dict[str, Route] = {
    "process_definitions.list_definitions": Route(path="/process-definitions", about=False),
    "process_instances.list_instances": Route(path="/process-instances"),
    "process_instances.search": Route(path="/process-instances/search", body={}),
    "user_tasks.list_tasks": Route(path="/user-tasks?scope=open"),
    "user_tasks.search": Route(path="/user-tasks/search", body={"scope": "open"}),
    "jobs.list_jobs": Route(path="/jobs"),
    "jobs.search": Route(path="/jobs/search", body={}),
    "timers.list_timers": Route(path="/timers"),
    "incidents.list_incidents": Route(path="/incidents"),
    "incidents.search": Route(path="/incidents/search", body={}),
    "stuck_instances.list_stuck": Route(path="/stuck-instances"),
    "operations.list_operations": Route(path="/operations"),
    "operations.search": Route(path="/operations/search", body={}),
    "complaints.list_complaints": Route(path="/complaints?status=all"),
    "complaints.search": Route(path="/complaints/search", body={}),
    "compensations.list_compensations": Route(path="/compensations"),
    "compensations.search": Route(path="/compensations/search", body={}),
    "messages.list_messages": Route(path="/messages", about=False),
    # Figures name no case: a case is counted for whoever may read reports, the list behind a number leaves it out.
    "reports.figures": Route(path="/reports/figures", about=False),
    "reports.course": Route(path="/reports/course", about=False),
    "reports.breakdown": Route(path="/reports/breakdown?by=category", about=False),
    "reports.definitions": Route(path="/reports/definitions", about=False),
}
OTHERS: dict[str, Route] = {
    "process_instances.start": Route(path="/process-instances", body={"definition_key": "errand"}, about=False),
    "deployments.create": Route(path="/deployments", body={"files": {"a.bpmn": "<a/>"}}, about=False),
    "similar_complaints.find": Route(path="/complaints/similar", body={"content": "Late."}, about=False),
    "messages.send": Route(path="/messages", body={"id": "m2", "name": "customer.payment_received"}, about=False),
    "complaints.take_over": Route(path="/complaints/taken-over", about=False),
    # Of many tasks each says whether it may be done (test_hand_overs.py).
    "user_task_hand_overs.prioritise_many": Route(path="/user-tasks/bulk-priority", body={"ids": ["none"], "priority": 70}, about=False),
    "compensations.request": Route(
        path="/compensations", body={"complaint_reference": "{complaint}", "remedy_case": "SERVICE_ATTITUDE", "requested_amount": "100"}
    ),
}
ADMINISTRATION: dict[str, Route] = {
    name: Route(path=path, body=body, headers=DRAFT, about=False)
    for name, path, body in (
        ("accounts.list_accounts", "/accounts", None),
        ("accounts.create", "/accounts", {"id": "u_ren", "name": "Ren"}),
        ("accounts.get", "/accounts/u_lead2", None),
        ("accounts.change", "/accounts/u_lead2", {"name": "Li"}),
        ("accounts.set_active", "/accounts/u_lead2/activity", {"active": False, **REASON}),
        ("accounts.make_link", "/accounts/u_lead2/password-link", None),
        ("accounts.sign_out", "/accounts/u_lead2/sessions", None),
        ("accounts.list_tokens", "/accounts/u_lead2/tokens", None),
        ("accounts.revoke_token", "/accounts/u_lead2/tokens/x", None),
        ("groups.list_groups", "/groups", None),
        ("groups.members", "/groups/admin/members", None),
        ("groups.add", "/groups/admin/members/u_lead1", None),
        ("groups.remove", "/groups/admin/members/u_admin1", None),
        ("deputies.list_deputies", "/deputies", None),
        ("letter_templates.list_templates", "/letter-templates", None),
        ("letter_templates.get", "/letter-templates/T-ACK/en", None),
        ("letter_templates.change", "/letter-templates/T-ACK/en", {"text": "S"}),
        ("letter_templates.versions", "/letter-templates/T-ACK/en/versions", None),
        ("letter_templates.preview", "/letter-templates/T-ACK/en/preview", {"text": "S"}),
        ("letter_templates.restore", "/letter-templates/T-ACK/en/restoration", {"version": 0}),
        ("calendars.get_year", "/calendars/years/2026", None),
        ("calendars.change_year", "/calendars/years/2026", {"days_off": [], "working_days": []}),
        ("calendars.get_hours", "/calendars/hours", None),
        ("calendars.change_hours", "/calendars/hours", {"weekly": [{"hours": []}] * 7, "moved": [{"opens": "09:00", "closes": "10:00"}]}),
    )
}
ROUTES = BY_ID | LISTS | OTHERS | ADMINISTRATION
# At the public door a code opens what a role does not (test_complaints.py).
OF_EVERYBODY = {"tokens.create", "tokens.delete", "accounts.me", "status.ask", "complaints.register", "complaint_messages.send"}
OF_EVERYBODY |= {"complaint_evidence.add"}
# One's own account and notifications, entries one has a part in (test_administration.py, test_notifications.py); a link for a token.
OF_EVERYBODY |= {f"accounts.{name}" for name in ("change_password", "settings", "keep_settings")}
OF_EVERYBODY |= {f"notifications.{name}" for name in ("list_notifications", "unread_count", "get", "mark", "mark_all")}
OF_EVERYBODY |= {f"notifications.{name}" for name in ("rules", "keep_rules", "schedule", "keep_schedule")}
# What one may see of cases (test_search.py), one's own tasks and what changed of them, one's own filters and those of one's groups;
# of many tasks, each says whether it may be done (test_hand_overs.py, test_saved_filters.py, test_changes.py).
OF_EVERYBODY |= {"changes.changes", "user_tasks.counts", "search.find"} | {
    f"saved_filters.{name}" for name in ("list_filters", "add", "get", "change", "delete")
}
OF_EVERYBODY |= {f"user_task_hand_overs.{name}" for name in ("take_the_next", "assign_many", "complete_many")}
OF_EVERYBODY |= {"deputies.create", "deputies.get", "deputies.end", "password_links.redeem"}


def _declared(app: Flask) -> dict[str, tuple[str, Declared]]:
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith(PREFIX) and rule.endpoint != "openapi"]
    found = {}
    for rule in rules:
        method = next(one for one in ("GET", "POST", "PUT", "DELETE") if one in (rule.methods or ()))
        found[rule.endpoint] = (method, vars(app.view_functions[rule.endpoint])["declared"])
    return found


@dataclass(frozen=True, kw_only=True)
class Case:
    """A case with an open task, a timer, a failed job, an incident, a claim; one person must not see it."""

    office: Office
    ids: dict[str, str]

    def ask(self, account: str | None, endpoint: str) -> Any:
        """Call a route of this case as this account, or as nobody."""
        route, method = ROUTES[endpoint], _declared(self.office.app)[endpoint][0]
        person = self.office.person(account) if account else self.office.stranger()
        if route.file:
            sent = {"files": (BytesIO(b"a text"), "note.txt")}
            return person.send(method, route.path.format(**self.ids), route.headers, data=sent)
        body = {k: v.format(**self.ids) if isinstance(v, str) else v for k, v in route.body.items()} if route.body is not None else None
        return person.send(method, route.path.format(**self.ids), route.headers, json=body)


@pytest.fixture
def case(errands: Office) -> Case:
    """Everything there is, in one case."""
    broken = walks.broken(errands)
    errands.deploy_folder(DIAGRAMS.parents[2] / "diagrams" / "compensation_approval")
    registered = errands.person("u_owner1").post(
        "/complaints/taken-over",
        {"customer_id": "c1", "customer_name": "Wang", "level": 2, "channel": "phone", "content": "Late.", "excluded_users": [CONCERNED]},
    )
    claim = {"complaint_reference": registered.json["reference"], "remedy_case": "SERVICE_ATTITUDE", "requested_amount": "1500"}
    requested = errands.person("u_owner1").post("/compensations", claim)
    assert requested.status_code == 201, requested.json
    assert errands.person("u_owner1").post("/messages", {"id": "m1", "name": "customer.payment_received"}).status_code == 202
    owner, reference = errands.person("u_owner1"), registered.json["reference"]
    comment = owner.post(f"/complaints/{reference}/comments", {"text": "Late."}).json["id"]
    sent = {"files": (BytesIO(b"a text"), "note.txt")}
    files = owner.send("POST", f"/complaints/{reference}/attachments", {}, data=sent).json["items"]
    deployed = errands.person("u_po1").get(f"/process-definitions/{broken['task']['definition_id']}").json
    with unit_of_work(errands.database) as session:
        for task in session.query(UserTask).filter_by(root_id=broken["task"]["root_id"]):
            session.add(UserTaskCandidate(user_task_id=task.id, kind="excluded", name=CONCERNED, code="CONFLICT_OF_INTEREST"))
        session.add_all(Membership(account_id=CONCERNED, group=role) for role in ALL_ROLES)
        timer = session.query(Job).filter_by(root_id=broken["task"]["root_id"], kind="timer").one()
        ids = {
            "instance": broken["task"]["instance_id"],
            "task": broken["task"]["id"],
            "job": broken["job"]["id"],
            "incident": broken["incident"]["id"],
            "timer": timer.id,
            "definition": deployed["id"],
            "deployment": deployed["deployment_id"],
            "complaint": registered.json["reference"],
            "compensation": requested.json["id"],
            "comment": comment,
            "attachment": files[0]["id"],
        }
    return Case(office=errands, ids=ids)


def test_this_file_knows_every_route(office: Office) -> None:
    assert set(_declared(office.app)) == ROUTES.keys() | OF_EVERYBODY


def test_without_a_token_every_route_is_refused(case: Case) -> None:
    answers = {endpoint: case.ask(None, endpoint).status_code for endpoint in ROUTES}
    assert answers == dict.fromkeys(ROUTES, 401)


def test_somebody_without_the_role_is_refused_everywhere_and_told_who_can(case: Case) -> None:
    for endpoint in ROUTES:
        answer = case.ask(NOBODY if endpoint not in ADMINISTRATION else "u_rv1", endpoint)
        assert answer.status_code == 403, f"{endpoint}: {answer.status_code} {answer.text}"
        assert answer.json["missing"], endpoint
        assert answer.json["who_can"], endpoint


def test_somebody_the_case_concerns_is_refused_whatever_their_roles(case: Case) -> None:
    for endpoint, route in (BY_ID | OTHERS).items():
        if route.about:
            answer = case.ask(CONCERNED, endpoint)
            assert (answer.status_code, answer.json["code"]) == (403, "CONFLICT_OF_INTEREST"), f"{endpoint}: {answer.text}"


def test_lists_leave_out_the_cases_that_concern_the_reader(case: Case) -> None:
    for endpoint, route in LISTS.items():
        if not route.about:
            continue
        seen = case.ask(CONCERNED, endpoint)
        assert seen.status_code == 200, f"{endpoint}: {seen.text}"
        assert not any(
            case.ids[name] in seen.text for name in ("instance", "task", "job", "incident", "timer", "complaint", "compensation")
        ), endpoint


def test_the_same_lists_show_the_case_to_others_with_these_roles(case: Case) -> None:
    with unit_of_work(case.office.database) as session:
        session.merge(Membership(account_id="u_ops1", group="auditor"))
    for endpoint, route in LISTS.items():
        if route.about:
            seen = case.ask("u_ops1", endpoint).text
            assert any(case.ids[name] in seen for name in ("instance", "complaint", "compensation")), endpoint


def test_who_takes_part_sees_the_case_but_may_not_repair_it(case: Case) -> None:
    with reading(case.office.database) as session:
        assert session.query(Complaint).one().case_owner == "u_owner1"
    assert case.ask("u_lead1", "process_instances.get").status_code == 200
    assert case.ask("u_lead1", "process_instances.cancel").status_code == 403
    assert case.ask("u_owner1", "compensations.get").status_code == 200
    assert case.ask("u_owner1", "process_instances.get").status_code == 403
    assert case.ask("u_owner2", "compensations.get").status_code == 403
    assert case.ask("u_owner2", "complaints.get").status_code == 403


def test_who_reads_every_case_is_known_to_who_suggests_whom_to_mention() -> None:
    assert set(permissions.who_can("complaint:read")) == case_viewers.READ_ALL


def test_every_declared_permission_is_of_some_role(office: Office) -> None:
    declared = {one.permission for _, one in _declared(office.app).values() if one.permission}
    assert declared <= permissions.granted(permissions.ROLES)


@pytest.mark.parametrize(
    ("role", "message", "allowed"),
    [
        ("case_owner", "customer.payment_received", True),
        ("case_owner", "payment.confirmed", False),
        ("payment_provider", "payment.confirmed", True),
        ("payment_provider", "customer.decision", False),
        ("complaint_manager", "case.suspend", True),
        ("team_lead", "case.suspend", False),
        ("ops", "case.rework", False),
        ("ops", "sla.cleared", False),
        ("ops", "customer.decision", False),
        ("ops", "order.shipped", True),
        ("finance_clerk", "order.shipped", False),
        ("review_officer", "case.regrade", True),
        ("team_lead", "case.regrade", True),
        ("legal", "external.proceeding_started", True),
        ("auditor", "customer.decision", False),
    ],
)
def test_who_may_send_which_message(role: str, message: str, allowed: bool) -> None:
    actor = Actor(id="somebody", groups=frozenset({role}))
    if allowed:
        permissions.require_sender(actor, message)
    else:
        with pytest.raises(MissingPermission):
            permissions.require_sender(actor, message)


def test_every_role_that_may_something_has_a_name_people_can_read() -> None:
    assert set(permissions.ROLES) - set(roles.ROLES) == set()


def test_a_message_is_refused_by_its_name(office: Office) -> None:
    answer = office.person("u_ops1").post("/messages", {"id": "m1", "name": "payment.confirmed"})
    assert (answer.status_code, answer.json["missing"]) == (403, ["message:payment.confirmed"])
    assert answer.json["who_can"] == ["payment_provider"]


def test_a_diagram_that_moves_money_needs_a_permission_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = Actor(id="owner", groups=frozenset({"process_owner"}))
    pays = Extensions(handlers={"compensation.notify_result": Handler(topic="compensation.notify_result", kind="money")})
    only_tells = Extensions(handlers={"compensation.notify_result": Handler(topic="compensation.notify_result", kind="letter")})
    folder = DIAGRAMS.parents[2] / "diagrams" / "compensation_approval"
    files = prepared(tuple(sorted(path for path in folder.rglob("*") if path.suffix in demo.SUFFIXES)))
    permissions.require_money(owner, files, extensions=pays)
    monkeypatch.setitem(permissions.ROLES, "process_owner", permissions.ROLES["process_owner"] - {"deploy:money"})
    permissions.require_money(owner, files, extensions=only_tells)
    with pytest.raises(MissingPermission) as refused:
        permissions.require_money(owner, files, extensions=pays)
    assert refused.value.missing == ("deploy:money",)
