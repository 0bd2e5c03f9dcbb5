"""A case on the desk: one complaint without its main process, so that companion processes are tested by themselves."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from engine import incidents, scheduler, user_tasks
from engine.database import unit_of_work
from engine.extensions import SYSTEM
from engine.paging import Query
from engine.tables import Job, Message, ProcessInstance, UserTask
from processes import cases, people
from processes.tables.cases import Complaint, Customer
from processes.tables.correspondence import Contact
from processes.tables.notifications import Notification
from processes.tables.supervision import Escalation
from tests.processes.conftest import Office

SHANGHAI = ZoneInfo("Asia/Shanghai")


def local(text: str) -> datetime:
    """An instant of a scenario: `2026-04-04T16:30` in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@dataclass(kw_only=True)
class Desk:
    """One case and the short ways to it."""

    office: Office
    complaint_id: str

    def complaint(self) -> Complaint:
        """The case as it stands."""
        with self.office.reading() as session:
            return cases.get(session, self.complaint_id)

    def open(self, element: str) -> UserTask:
        """The one open task of this element, with its candidates."""
        with self.office.reading() as session:
            mine = select(UserTask.id).where(
                UserTask.business_key == self._reference(session), UserTask.element_id == element, UserTask.state == "open"
            )
            return user_tasks.get(session, session.scalars(mine).one(), actor=SYSTEM)

    def open_tasks(self) -> list[str]:
        """The elements of all open tasks of the case."""
        with self.office.reading() as session:
            mine = select(UserTask.element_id).where(UserTask.business_key == self._reference(session), UserTask.state == "open")
            return sorted(session.scalars(mine))

    def candidates(self, element: str) -> set[str]:
        """Who may do the open task: groups and people."""
        return {row.name for row in self.open(element).candidates if row.kind != "excluded"}

    def complete(self, element: str, by: str, **values: Any) -> None:
        """Complete the open task as this person, and let everything due happen."""
        task = self.open(element)
        with unit_of_work(self.office.database) as session:
            user_tasks.complete(session, task.id, values=values, actor=people.actor_of(session, by))
        scheduler.tick(self.office.database)

    def instance(self, key: str) -> ProcessInstance:
        """The newest run of this process for the case."""
        with self.office.reading() as session:
            mine = select(ProcessInstance).where(
                ProcessInstance.definition_key == key, ProcessInstance.business_key == self._reference(session)
            )
            return session.scalars(mine.order_by(ProcessInstance.started_at.desc(), ProcessInstance.id.desc())).all()[0]

    def escalations(self) -> list[Escalation]:
        """Who was called, oldest first."""
        with self.office.reading() as session:
            mine = select(Escalation).where(Escalation.complaint_id == self.complaint_id)
            return list(session.scalars(mine.order_by(Escalation.opened_at, Escalation.id)))

    def messages(self, name: str) -> list[dict[str, Any]]:
        """What was thrown under this name."""
        with self.office.reading() as session:
            return [one.payload for one in session.scalars(select(Message).where(Message.name == name))]

    def sent(self) -> list[str]:
        """The letters the customer was written, in order."""
        with self.office.reading() as session:
            mine = select(Contact.template).where(Contact.complaint_id == self.complaint_id, Contact.template.is_not(None))
            return [one for one in session.scalars(mine.order_by(Contact.at, Contact.id)) if one]

    def told(self, template: str) -> set[str]:
        """Who was told something by this template."""
        with self.office.reading() as session:
            return set(session.scalars(select(Notification.account_id).where(Notification.template == template)))

    def start_jobs(self, key: str) -> list[Job]:
        """Starts of this process that are still to come."""
        with self.office.reading() as session:
            return [one for one in session.scalars(select(Job).where(Job.kind == "start")) if one.payload["key"] == key]

    def incidents(self) -> list[str]:
        """What went wrong in any instance."""
        with self.office.reading() as session:
            return [one.message for one in incidents.search(session, Query(filter={"state": "open"}, sort="", cursor=None, limit=10)).items]

    def _reference(self, session: Any) -> str:
        return cases.get(session, self.complaint_id).reference


def on_desk(office: Office, *, customer: dict[str, Any] | None = None, **changes: Any) -> Desk:
    """A registered case of a customer who is like `customer` says."""
    with unit_of_work(office.database) as session:
        if customer is not None:
            given = {"id": "c14", "name": "曹磊", "created_at": office.time(), **customer}
            session.add(Customer(**given))
        registered = office.register(session, **changes)
        session.flush()
        complaint_id = registered.id
    return Desk(office=office, complaint_id=complaint_id)
