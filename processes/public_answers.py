"""What a complainant typed on the status page, as the payload of the message it becomes. What is missing is Invalid, by field."""

from collections.abc import Callable, Mapping
from typing import Any

from engine.errors import Invalid, Problem
from processes.case_message_takers import DECISIONS
from processes.evidence import CUSTOMERS
from processes.payments import METHODS
from processes.public_case import PublicCase

Typed = Mapping[str, str]
Payload = dict[str, Any]
FILES = "files"  # the names of files that come with it
PAID_BY = tuple(one for one in METHODS if one != "voucher")  # what a customer chooses; a voucher is a measure, no way to pay
LONGEST = 5000
LONGEST_REMARK = 2000
WRITE = "Write something here first."
TOO_LONG = "This is too long: at most {limit} characters fit here."
CHOOSE = "Choose one of the answers."
SCORE = "Choose a number from 1 to 5."
HOW_MUCH = "Say what you ask for instead: an amount, or in words."
PAY_HOW = "Say how we are to pay you."
ACCOUNT = "A bank transfer needs the number of your account."


class _Form:
    """Reads fields one by one and remembers what was wrong with them."""

    def __init__(self, typed: Typed) -> None:
        self._typed = typed
        self._problems: list[Problem] = []

    def wrong(self, name: str, message: str) -> None:
        """This field needs another answer."""
        self._problems.append(Problem(code="INVALID", pointer=f"/{name}", message=message))

    def text(self, name: str, *, needed: str = "", longest: int = LONGEST) -> str:
        """What was typed; `needed` is what is said when that is nothing."""
        found = self._typed.get(name, "").strip()
        if len(found) > longest:
            self.wrong(name, TOO_LONG.format(limit=longest))
        elif needed and not found:
            self.wrong(name, needed)
        return found

    def choice(self, name: str, choices: tuple[str, ...], *, needed: str = CHOOSE) -> str:
        """One of these."""
        found = self._typed.get(name, "")
        if found not in choices:
            self.wrong(name, needed)
        return found

    def ticked(self, name: str) -> bool:
        """Whether the box was ticked."""
        return bool(self._typed.get(name))

    def done(self, payload: Payload) -> Payload:
        """The payload, if nothing was wrong."""
        if self._problems:
            raise Invalid(problems=self._problems)
        return payload


def information(typed: Typed, _case: PublicCase) -> Payload:
    """customer.info_provided."""
    form = _Form(typed)
    return form.done({"answer": form.text("information_text", needed=_needed(typed))})


def evidence(typed: Typed, _case: PublicCase) -> Payload:
    """evidence.added."""
    form = _Form(typed)
    return form.done({"type": CUSTOMERS, "text": form.text("evidence_text", needed=_needed(typed))})


def _needed(typed: Typed) -> str:
    """Files speak for themselves."""
    return "" if typed.get(FILES) else WRITE


def decision(typed: Typed, case: PublicCase) -> Payload:
    """customer.decision: with the payee if there is money to be paid, with an amount or words if it is a counter-proposal."""
    form = _Form(typed)
    found: Payload = {"decision": form.choice("decision", DECISIONS)}
    said = form.text("decision_text")
    if said:
        found["evidence"] = said
    if found["decision"] == "accept" and case.offer is not None and case.offer.amount > 0:
        found |= _payee(form, case)
    elif found["decision"] == "counter":
        amount = form.text("counter_amount")
        found |= {"counter_amount": amount} if amount else {}
        if not amount and not said:
            form.wrong("counter_amount", HOW_MUCH)
    elif found["decision"] == "reject":
        found["wants_mediation"] = form.ticked("wants_mediation")
    return form.done(found)


def payee(typed: Typed, case: PublicCase) -> Payload:
    """customer.payee_provided."""
    form = _Form(typed)
    return form.done(_payee(form, case))


def _payee(form: _Form, case: PublicCase) -> Payload:
    """Only the complainant is paid through this door; an agent is named by telephone, with the authorisation."""
    method = form.choice("method", PAID_BY, needed=PAY_HOW)
    account = form.text("account", needed=ACCOUNT if method == "bank" else "")
    return {"payee_name": case.complaint.customer_name, "method": method, "account": account or None}


def mediation(typed: Typed, _case: PublicCase) -> Payload:
    """customer.mediation_consent."""
    form = _Form(typed)
    return form.done({"consent": form.choice("consent", ("yes", "no")) == "yes"})


def survey(typed: Typed, _case: PublicCase) -> Payload:
    """survey.submitted."""
    form = _Form(typed)
    scores = {name: form.choice(name, ("1", "2", "3", "4", "5"), needed=SCORE) for name in ("process", "result")}
    solved = form.choice("solved", ("yes", "no"))
    said = form.text("survey_text", longest=LONGEST_REMARK)
    payload = {"objection": form.ticked("objection"), "new_facts": form.ticked("new_facts"), "solved": solved == "yes"}
    found = form.done({**payload, "suggestions": said or None})
    return found | {name: int(score) for name, score in scores.items()}


def withdrawal(typed: Typed, _case: PublicCase) -> Payload:
    """customer.withdraw: with a tick, so that nobody does it by mistake."""
    form = _Form(typed)
    if not form.ticked("sure"):
        form.wrong("sure", "Tick this if you are sure.")
    return form.done({"reason": form.text("withdrawal_text") or None})


READERS: Mapping[str, Callable[[Typed, PublicCase], Payload]] = {
    "information": information,
    "decision": decision,
    "mediation": mediation,
    "payee": payee,
    "survey": survey,
    "evidence": evidence,
    "withdrawal": withdrawal,
}
