"""The facts of what follows a solution or runs beside the case: measures, payment, mediation, escalation, visit."""

from collections.abc import Sequence

from api.pages import badges, wording
from api.pages.facts import Section, Teller, department_name, fact, section, text
from api.pages.form_words import yes_no
from api.pages.story_words import TRIGGERS
from api.pages.texts import gettext
from processes import masks
from processes.tables.investigation import Action
from processes.tables.supervision import Escalation
from processes.task_sight import Money, Talks, Visit


def actions(teller: Teller, found: Sequence[Action]) -> Sequence[Section]:
    """Everything that is to be carried out."""
    return [section(gettext("Measures to carry out"), *(text(_action_name(teller, one), _action_state(teller, one)) for one in found))]


def _action_name(teller: Teller, one: Action) -> str:
    return teller.words("ut_execute_action", "action", one.type)


def _action_state(teller: Teller, one: Action) -> str:
    if one.state == "done":
        return gettext("done by %(who)s: %(proof)s", who=teller.names(one.done_by), proof=one.proof or "–")
    return gettext("%(who)s, due %(when)s", who=teller.names(one.owner), when=wording.short_time(one.due))


def action(teller: Teller, found: Action) -> Sequence[Section]:
    """The one measure this task is about."""
    return [
        section(
            gettext("The measure"),
            fact(gettext("Kind"), _action_name(teller, found)),
            fact(gettext("Department"), department_name(teller, found.department)),
            fact(gettext("With"), teller.names(found.owner)),
            fact(gettext("Due"), found.due),
            text(gettext("What to do"), found.text),
        )
    ]


def payment(teller: Teller, found: Money) -> Sequence[Section]:
    """Whom, how and how much to pay."""
    claim, payment, words = found.claim, found.payment, teller.words
    return [
        section(
            gettext("Payment"),
            fact(gettext("Approved"), claim.approved_amount),
            fact(gettext("Payee"), claim.payee_name),
            fact(gettext("Way"), words("ut_record_decision", "method", claim.payee_method)),
            fact(gettext("Account"), masks.number(claim.payee_account)),
            fact(gettext("Attempt"), payment.attempt if payment else None),
            fact(gettext("Prepared by"), teller.names(payment.prepared_by) if payment else None),
            fact(gettext("Error of the bank"), payment.failure_code if payment else None),
            fact(gettext("Voucher"), payment.voucher_no if payment else None),
        )
    ]


def mediation(teller: Teller, found: Talks) -> Sequence[Section]:
    """How far the talks are."""
    one, settlement = found.mediation, found.settlement
    sessions = [text(gettext("Session %(n)s", n=each.no), each.common_ground or each.key_moments) for each in found.sessions]
    facts = (
        fact(gettext("Mediated by"), teller.names(one.mediator) or one.organisation or one.provider),
        fact(gettext("In dispute"), one.disputed_amount),
        fact(gettext("Customer agrees"), yes_no(one.consent)),
        fact(gettext("Agreed amount"), one.agreed_amount),
        *sessions,
    )
    agreement = (
        ()
        if settlement is None
        else (
            fact(gettext("Number"), settlement.agreement_no),
            fact(gettext("Amount"), settlement.amount),
            fact(gettext("To be done by"), settlement.performance_due),
            text(gettext("Facts"), settlement.facts),
            text(gettext("Obligations"), "\n".join(str(each.get("content", "")) for each in settlement.obligations)),
        )
    )
    return [section(gettext("Mediation"), *facts), section(gettext("Agreement"), *agreement)]


def escalation(teller: Teller, found: Escalation) -> Sequence[Section]:
    """What made somebody ask a supervisor."""
    clock, _, key = (found.clock or "").partition("/")
    passed = gettext("%(percent)s %% of the time is used", percent=found.percent) if found.percent else ""
    return [
        section(
            gettext("Why you are asked"),
            fact(gettext("Deadline"), badges.name_of(clock, key) if clock else None),
            fact(gettext("Used"), passed),
            fact(gettext("Event"), str(TRIGGERS.get(found.trigger, found.trigger)) if found.trigger != "sla" else None),
            fact(gettext("Tier"), found.tier),
            fact(gettext("Since"), found.opened_at),
        )
    ]


def visit(teller: Teller, found: Visit) -> Sequence[Section]:
    """The visit and its attempts."""
    one, words = found.visit, teller.words
    attempts = [
        text(gettext("Attempt %(n)s, %(when)s", n=each.no, when=wording.short_time(each.at)), _attempt(each.reached, each.summary))
        for each in found.attempts
    ]
    return [
        section(
            gettext("Return visit"),
            fact(gettext("Ways"), words.all("ut_visit_attempt", "method", one.methods)),
            fact(gettext("Attempts at most"), one.max_attempts),
            fact(gettext("Solved for the customer"), yes_no(one.solved)),
            text(gettext("Needs"), one.needs),
            text(gettext("Suggestions"), one.suggestions),
            *attempts,
        )
    ]


def _attempt(reached: bool, summary: str | None) -> str:
    return f"{gettext('reached') if reached else gettext('not reached')} {summary or ''}".strip()
