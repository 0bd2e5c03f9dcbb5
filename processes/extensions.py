"""What complaints tell the engine: handlers, form rules, candidates, who exists, the calendar."""

from datetime import timedelta

from engine.calendars import WorkingCalendar
from engine.extensions import Calendar, Extensions, Thresholds
from processes import (
    absences,
    calendar_changes,
    calendars,
    deputies,
    incident_notes,
    notice_keeping,
    notice_mail,
    notices,
    people,
    search_fill,
    task_deadlines,
    watcher_notices,
)
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

# processes.md 2.10: overdue after 5 minutes; unclaimed at 50 % of its clock, or after 8 working hours without one
# (pages.md 2: at risk at 80 %)
THRESHOLDS = Thresholds(overdue=timedelta(minutes=5), unclaimed_share=0.5, unclaimed=timedelta(hours=8), at_risk_share=0.8)


def build(*, mail: MailPort, payments: PaymentPort | None = None, calendar: Calendar | None = None, site: str = "") -> Extensions:
    """The extensions every database of the product is opened with; the calendar is China's unless another is given.

    `site` is the address people reach Redress at: links in mails begin with it.
    """
    handlers = (
        *complaint_handling.handlers(),
        *compensation_approval.handlers(mail),
        *compensation_payment.handlers(payments),
        *mediation.handlers(),
        *sla_watch.handlers(),
        *escalation.handlers(),
        *return_visit.handlers(),
        *improvement_action.handlers(),
        *calendar_changes.handlers(),
        *watcher_notices.handlers(),
        *search_fill.handlers(),
        *notice_mail.handlers(mail, site=site),
        *absences.handlers(),
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
        deadline=task_deadlines.of_opening,
        members=people.members,
        groups=people.group_names,
        task_given=notices.task_given,
        incident_opened=incident_notes.tell,
        forget_some=notice_keeping.forget_some,
        active=deputies.present,
        calendar=calendar or WorkingCalendar(),
        calendar_in=calendars.in_session,
        thresholds=THRESHOLDS,
    )
