"""What complaints tell the engine: handlers, form rules, candidates, who exists, the calendar."""

from engine.calendars import WorkingCalendar
from engine.extensions import Calendar, Extensions
from processes import people
from processes.candidates import candidates
from processes.form_rules.compensation_approval import FORMS
from processes.ports import MailPort
from processes.service_tasks import compensation_approval


def build(*, mail: MailPort, calendar: Calendar | None = None) -> Extensions:
    """The extensions every database of the product is opened with; the calendar is China's unless another is given."""
    return Extensions(
        handlers={handler.topic: handler for handler in compensation_approval.handlers(mail)},
        forms=FORMS,
        candidates=candidates,
        members=people.members,
        active=people.active,
        calendar=calendar or WorkingCalendar(),
    )
