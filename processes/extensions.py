"""What complaints tell the engine: handlers, form rules, candidates, who exists, the calendar."""

from engine.calendars import WorkingCalendar
from engine.extensions import Calendar, Extensions
from processes import incident_notes, people
from processes.candidates import candidates
from processes.form_rules import compensation_approval as approval_forms
from processes.form_rules import compensation_payment as payment_forms
from processes.form_rules import complaint_handling as complaint_forms
from processes.form_rules import escalation as escalation_forms
from processes.form_rules import improvement_action as improvement_forms
from processes.form_rules import mediation as mediation_forms
from processes.form_rules import return_visit as visit_forms
from processes.ports import MailPort, PaymentPort
from processes.service_tasks import (
    compensation_approval,
    compensation_payment,
    complaint_handling,
    escalation,
    improvement_action,
    mediation,
    return_visit,
    sla_watch,
)


def build(*, mail: MailPort, payments: PaymentPort | None = None, calendar: Calendar | None = None) -> Extensions:
    """The extensions every database of the product is opened with; the calendar is China's unless another is given."""
    handlers = (
        *complaint_handling.handlers(),
        *compensation_approval.handlers(mail),
        *compensation_payment.handlers(payments),
        *mediation.handlers(),
        *sla_watch.handlers(),
        *escalation.handlers(),
        *return_visit.handlers(),
        *improvement_action.handlers(),
    )
    return Extensions(
        handlers={handler.topic: handler for handler in handlers},
        forms={
            **complaint_forms.FORMS,
            **approval_forms.FORMS,
            **payment_forms.FORMS,
            **mediation_forms.FORMS,
            **escalation_forms.FORMS,
            **visit_forms.FORMS,
            **improvement_forms.FORMS,
        },
        candidates=candidates,
        members=people.members,
        incident_opened=incident_notes.tell,
        active=people.active,
        calendar=calendar or WorkingCalendar(),
    )
