"""The forms of complaint_handling (P1) and of the listeners beside it, by form key."""

from collections.abc import Mapping

from engine.extensions import FormRules
from processes.form_rules import (
    complaint_handling_answer,
    complaint_handling_beside,
    complaint_handling_case,
    complaint_handling_end,
    complaint_handling_intake,
    complaint_handling_owner,
)

FORMS: Mapping[str, FormRules] = {
    **complaint_handling_intake.FORMS,
    **complaint_handling_owner.FORMS,
    **complaint_handling_case.FORMS,
    **complaint_handling_answer.FORMS,
    **complaint_handling_end.FORMS,
    **complaint_handling_beside.FORMS,
}
