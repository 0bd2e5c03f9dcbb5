"""Every page of the product: who looks at it and where it is. Pictures, accessibility and query counts go through this list.

A page that is missing here fails `tests/api/pages/test_all_pages.py`. Addresses are looked up in whatever database there is: the
demonstration for pictures, a smaller company (`tests.furnished`) for tests.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from api import passwords
from engine import clock
from engine.extensions import SYSTEM
from engine.tables import ProcessDefinition, ProcessInstance, UserTask, UserTaskCandidate
from processes.tables.cases import Complaint
from processes.tables.correspondence import Attachment
from processes.tables.house import LetterVersion
from processes.tables.people import Account, Membership

CUSTOMER = "customer"  # has no account, but a number and a code
OFFERED = "WAITING_CUSTOMER_DECISION"  # much has happened in such a case
DOER = "doer"  # of the task: whoever has claimed it or may


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A page as one person sees it: `name` is that of its picture, `who` an account, the customer, the doer or (None) anybody."""

    name: str
    endpoint: str
    who: str | None
    at: str | Callable[[Session], str]
    status: int = 200

    def visit(self, session: Session) -> tuple[str, str | None]:
        """Where it is in this database, and who looks. Raises LookupError when nothing of its kind is there."""
        path = self.at if isinstance(self.at, str) else self.at(session)
        return path, doer(session, path) if self.who == DOER else self.who


def task(*elements: str, part: str = "") -> Callable[[Session], str]:
    """The page of an open task (or a part of it), of the first of these elements that has one."""

    def find(session: Session) -> str:
        for element in elements:
            wanted = select(UserTask.id).where(UserTask.state == "open", UserTask.element_id == element).order_by(UserTask.created_at)
            found = session.scalar(wanted.limit(1))
            if found is not None:
                return f"/tasks/{found}{part}"
        raise LookupError(f"no open task of {', '.join(elements)}")

    return find


def doer(session: Session, path: str) -> str:
    """Who has claimed the task of this page, is named for it, or is in its group."""
    task_id = re.split(r"[/?]", path)[2]
    claimed = session.get_one(UserTask, task_id).assignee
    mine = (UserTaskCandidate.user_task_id == task_id, UserTaskCandidate.kind != "excluded")
    named = select(Account.id).join(UserTaskCandidate, UserTaskCandidate.name == Account.id).where(*mine)
    in_group = select(Membership.account_id).join(UserTaskCandidate, UserTaskCandidate.name == Membership.group).where(*mine)
    found = claimed or session.scalar(named.limit(1)) or session.scalar(in_group.order_by(Membership.account_id).limit(1))
    return str(_one(found, f"somebody for {task_id}"))


def complaint(status: str, path: str = "/complaints/{}") -> Callable[[Session], str]:
    """The page of the newest case with this status."""

    def find(session: Session) -> str:
        wanted = select(Complaint.reference).where(Complaint.status == status, Complaint.instance_id.is_not(None))
        return path.format(_one(session.scalar(wanted.order_by(Complaint.received_at.desc()).limit(1)), f"case {status}"))

    return find


def instance(session: Session) -> str:
    """The page of a case whose customer was made an offer: much has happened."""
    main = select(ProcessInstance.id).join(Complaint, Complaint.instance_id == ProcessInstance.id)
    found = session.scalar(main.where(Complaint.status == OFFERED).limit(1))
    return f"/instances/{_one(found, 'offered case')}"


def assignment(session: Session) -> str:
    """The page that gives an open task to somebody."""
    found = session.scalar(select(UserTask.id).where(UserTask.state == "open", UserTask.assignee.is_(None)).limit(1))
    return f"/operations/tasks/{_one(found, 'unclaimed task')}/assignment"


def version(session: Session) -> str:
    """The page of a version of the main process."""
    newest = select(ProcessDefinition.version).where(ProcessDefinition.key == "complaint_handling")
    return f"/processes/complaint_handling/versions/{_one(session.scalar(newest.limit(1)), 'version')}"


def letter_version(session: Session) -> str:
    """The page of an older text of a letter."""
    found = session.scalars(select(LetterVersion).limit(1)).first()
    if found is None:
        raise LookupError("no letter was changed")
    return f"/administration/letters/{found.template}/{found.locale}/versions/{found.version}"


def password_link(session: Session) -> str:
    """The page behind a fresh link, for an account nobody else in this list uses."""
    return f"/password/{passwords.issue_link(session, 'u_pr1', actor=SYSTEM).secret}"


def attachment(session: Session) -> str:
    """The page of a file."""
    return f"/attachments/{_one(session.scalar(select(Attachment.id).where(Attachment.sha256.is_not(None)).limit(1)), 'file')}"


def _one(found: str | int | None, what: str) -> str | int:
    if found is None:
        raise LookupError(f"no {what}")
    return found


def _year(_: Session) -> str:
    return f"/administration/calendar/{clock.now().year}"


PAGES = (
    Shown(name="sign-in", endpoint="pages.sign_in", who=None, at="/sign-in"),
    Shown(name="password", endpoint="pages.choose_password", who=None, at=password_link),
    Shown(name="error-not-found", endpoint="pages.complaint", who="u_owner1", at="/complaints/TS-20200101-00001", status=404),
    Shown(name="error-forbidden", endpoint="pages.operations", who="u_owner1", at="/operations", status=403),
    # Customers
    Shown(name="complain", endpoint="pages.complain", who=None, at="/complain"),
    Shown(name="received", endpoint="pages.complaint_received", who=CUSTOMER, at="/complain/received"),
    Shown(name="status-asked", endpoint="pages.status", who=None, at="/status"),
    Shown(name="status", endpoint="pages.status", who=CUSTOMER, at="/status"),
    # Case workers
    Shown(name="tasks", endpoint="pages.tasks", who="u_owner1", at="/tasks"),
    Shown(name="tasks-lead", endpoint="pages.tasks", who="u_lead1", at="/tasks"),
    Shown(name="tasks-empty", endpoint="pages.tasks", who="u_pr1", at="/tasks"),
    Shown(name="task-triage", endpoint="pages.task", who=DOER, at=task("ut_triage")),
    Shown(name="task-propose", endpoint="pages.task", who=DOER, at=task("ut_propose_solution", "ut_investigate", "ut_record_decision")),
    Shown(name="task-approve", endpoint="pages.task", who=DOER, at=task("ut_approve")),
    *(
        Shown(name=f"task-{tab}", endpoint="pages.task", who=DOER, at=task("ut_record_decision", part=f"?tab={tab}"))
        for tab in ("conversation", "timeline", "diagram", "related")
    ),
    Shown(name="complaints", endpoint="pages.complaints", who="u_lead1", at="/complaints"),
    Shown(name="complaint", endpoint="pages.complaint", who="u_lead1", at=complaint(OFFERED)),
    Shown(name="conversation", endpoint="pages.conversation", who="u_lead1", at=complaint(OFFERED, "/complaints/{}/conversation")),
    Shown(name="attachment", endpoint="pages.attachment", who="u_lead1", at=attachment),
    Shown(name="link", endpoint="pages.link_complaint", who="u_lead1", at=complaint(OFFERED, "/complaints/{}/links/new")),
    Shown(name="merge", endpoint="pages.merge_complaint", who="u_lead1", at=complaint(OFFERED, "/complaints/{}/merging")),
    Shown(name="search", endpoint="pages.search", who="u_lead1", at="/search?q=快递"),
    Shown(name="notifications", endpoint="pages.notifications", who="u_lead1", at="/notifications"),
    Shown(name="new-complaint", endpoint="pages.new_complaint", who="u_intake1", at="/complaints/new"),
    Shown(name="compensations", endpoint="pages.compensations", who="u_lead1", at="/compensations"),
    Shown(name="new-compensation", endpoint="pages.new_compensation", who="u_owner1", at="/compensations/new"),
    Shown(name="settings", endpoint="pages.settings", who="u_lead1", at="/settings"),
    # Managers
    Shown(name="reports", endpoint="pages.reports", who="u_cm1", at="/reports"),
    Shown(name="reports-by-category", endpoint="pages.report_by", who="u_cm1", at="/reports/by/category"),
    Shown(name="reports-by-owner", endpoint="pages.report_by", who="u_cm1", at="/reports/by/owner"),
    Shown(name="reports-definitions", endpoint="pages.report_definitions", who="u_cm1", at="/reports/definitions"),
    # Process owners and operations
    Shown(name="processes", endpoint="pages.processes", who="u_po1", at="/processes"),
    Shown(name="process", endpoint="pages.process", who="u_po1", at="/processes/complaint_handling"),
    Shown(name="process-version", endpoint="pages.process_version", who="u_po1", at=version),
    Shown(name="new-process", endpoint="pages.new_process", who="u_po1", at="/processes/new"),
    Shown(name="operations", endpoint="pages.operations", who="u_ops1", at="/operations"),
    Shown(name="assignment", endpoint="pages.assignment", who="u_ops1", at=assignment),
    Shown(name="instance", endpoint="pages.instance", who="u_ops1", at=instance),
    Shown(name="docs", endpoint="docs", who=None, at="/docs"),
    # Administrators
    Shown(name="accounts", endpoint="pages.accounts", who="u_admin1", at="/administration/accounts"),
    Shown(name="account", endpoint="pages.account", who="u_admin1", at="/administration/accounts/u_lead1"),
    Shown(name="new-account", endpoint="pages.new_account", who="u_admin1", at="/administration/accounts/new"),
    Shown(name="groups", endpoint="pages.groups", who="u_admin1", at="/administration/groups"),
    Shown(name="group", endpoint="pages.group", who="u_admin1", at="/administration/groups/team_lead"),
    Shown(name="roles", endpoint="pages.roles", who="u_admin1", at="/administration/roles"),
    Shown(name="deputies", endpoint="pages.deputies", who="u_admin1", at="/administration/deputies"),
    Shown(name="calendar", endpoint="pages.calendar_year", who="u_admin1", at=_year),
    Shown(name="letters", endpoint="pages.letters", who="u_admin1", at="/administration/letters"),
    Shown(name="letter", endpoint="pages.letter", who="u_admin1", at="/administration/letters/T-ACK/zh"),
    Shown(name="letter-version", endpoint="pages.letter_version", who="u_admin1", at=letter_version),
)
PARTS = (  # of a page: scripts ask for them; counted, but no picture of their own
    Shown(name="operations-part", endpoint="pages.stuck", who="u_ops1", at="/operations/stuck"),
    Shown(name="tasks-rows", endpoint="pages.task_rows", who="u_lead1", at="/tasks/list"),
    Shown(name="tasks-filters", endpoint="pages.task_filters", who="u_lead1", at="/tasks/filters"),
    Shown(name="changes", endpoint="pages.changes", who="u_lead1", at="/changes"),
    Shown(name="draft", endpoint="pages.draft", who=DOER, at=task("ut_record_decision", part="/draft")),
    Shown(name="task-head", endpoint="pages.task_head", who=DOER, at=task("ut_record_decision", part="/head")),
    Shown(name="margins", endpoint="pages.complaint_margins", who="u_lead1", at=complaint(OFFERED, "/complaints/{}/margins.css")),
    Shown(
        name="conversation-changes",
        endpoint="pages.conversation_changes",
        who="u_lead1",
        at=complaint(OFFERED, "/complaints/{}/conversation/changes"),
    ),
    Shown(name="mentionable", endpoint="pages.mentionable", who="u_lead1", at=complaint(OFFERED, "/complaints/{}/people?text=u")),
    Shown(name="people", endpoint="pages.people", who="u_admin1", at="/administration/people?text=wang"),
    Shown(name="bell", endpoint="pages.bell", who="u_lead1", at="/notifications/bell"),
)
NO_PAGES = {
    "static": "files",
    "pages.home": "leads to where one's work is",
    "pages.administration": "leads to the first tab one may see",
    "pages.calendar": "leads to the year that is running",
    "pages.sent_to_list": "leads to the list a form was sent to",
    "pages.sent_to_task": "leads to the task a form was sent to",
    "pages.definition_file": "a file",
    "pages.download": "a file",
    "pages.attachment_content": "a file",
    "pages.attachment_preview": "a file in a frame",
    "pages.own_file": "a file",
    "pages.receipt_file": "a file",
}


def endpoints(app: Flask) -> set[str]:
    """What answers GET outside the JSON API."""
    return {rule.endpoint for rule in app.url_map.iter_rules() if rule.methods and "GET" in rule.methods and not _is_api(rule.rule)}


def _is_api(path: str) -> bool:
    return path.startswith("/api/") or path in ("/healthz", "/readyz", "/metrics")
