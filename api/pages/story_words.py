"""The sentences of the story of a case, by kind of moment."""

from collections.abc import Mapping
from typing import Any

from api.pages.texts import N_, lazy_gettext

SENTENCES: Mapping[str, str] = {
    "registered": N_("%(who)s registered the complaint (%(channel)s)."),
    "registration_completed": N_("%(who)s completed the registration."),
    "status": N_("The case went from “%(before)s” to “%(after)s”."),
    "owner": N_("The case was given to %(after)s."),
    "level": N_("The case was graded %(after)s: %(reasons)s."),
    "triage": N_("%(who)s decided on category and level."),
    "declined": N_("%(who)s declined the case."),
    "decision": N_("Decided by tables: %(tables)s."),
    "task_done": N_("%(who)s did “%(task)s”."),
    "task_opened": N_("The task “%(task)s” was opened."),
    "task_claim": N_("%(who)s took “%(task)s”."),
    "task_unclaim": N_("%(who)s gave “%(task)s” back to its group."),
    "task_assign": N_("%(who)s gave “%(task)s” to %(after)s."),
    "task_complete_failed": N_("%(who)s did “%(task)s”, but the step after it failed."),
    "task_withdraw": N_("%(who)s took the answer to “%(task)s” back."),
    "message": N_("%(who)s sent: %(sent)s."),
    "letter": N_("Letter to the customer: “%(subject)s”."),
    "heard": N_("%(who)s told us something (%(channel)s)."),
    "spoke": N_("%(who)s spoke with the customer (%(channel)s)."),
    "not_reached": N_("%(who)s did not reach the customer (%(channel)s)."),
    "content_added": N_("%(who)s added to the complaint."),
    "merged": N_("%(who)s merged %(reference)s into this case."),
    "linked": N_("%(who)s linked %(reference)s with this case."),
    "unlinked": N_("%(who)s took back the link with %(reference)s."),
    "question": N_("%(who)s asked these departments: %(departments)s."),
    "engagement": N_("%(who)s stepped in (%(key)s)."),
    "kickoff": N_("%(who)s called the departments together."),
    "evidence_waived": N_("%(who)s waived a piece of evidence."),
    "evidence_assessed": N_("%(who)s assessed new evidence."),
    "proposed": N_("%(who)s proposed solution %(version)s (%(amount)s)."),
    "offered": N_("Solution %(version)s was told to the customer."),
    "answered": N_("The customer's answer to solution %(version)s: %(decision)s."),
    "claimed": N_("%(who)s asked for a compensation of %(amount)s."),
    "vote": N_("%(who)s (%(role)s) %(vote)s."),
    "automatic_vote": N_("%(who)s %(vote)s %(amount)s: by the rules nobody has to."),
    "agreement": N_("%(who)s recorded the signed agreement."),
    "payment_released": N_("%(who)s released the payment of %(amount)s."),
    "payment_returned": N_("%(who)s returned the payment."),
    "payment_held": N_("Payments of this case were stopped."),
    "payment_failed": N_("The payment of %(amount)s failed (attempt %(attempt)s)."),
    "paid": N_("%(amount)s were paid."),
    "escalated": N_("Escalated to %(supervisor)s: %(trigger)s (%(clock)s)."),
    "supervised": N_("%(who)s decided on the escalation: %(decision)s."),
    "meeting": N_("%(who)s held a meeting."),
    "extension": N_("%(who)s decided on an extension of the deadline: %(vote)s."),
    "mediation_offered": N_("Mediation was offered."),
    "mediation_agreed": N_("The customer agreed to mediation."),
    "mediation_refused": N_("The customer refused mediation."),
    "mediation_session": N_("Mediation session %(number)s: %(outcome)s."),
    "mediation_ended": N_("The mediation ended: %(result)s."),
    "settlement_checked": N_("%(who)s checked the settlement: %(result)s."),
    "final_response": N_("%(who)s gave the final response."),
    "verified": N_("%(who)s verified that everything was done."),
    "visited": N_("%(who)s reached the customer on the return visit (attempt %(number)s)."),
    "visit_failed": N_("%(who)s did not reach the customer on the return visit (attempt %(number)s)."),
    "need": N_("%(who)s noted something the customer still needs."),
    "rated": N_("The customer rated the handling %(process)s and the result %(result)s of 5."),
    "withdrawal": N_("The complaint was withdrawn."),
    "withdrawal_confirmed": N_("%(who)s confirmed the withdrawal."),
    "suspended": N_("%(who)s suspended the case."),
    "proceeding": N_("A proceeding elsewhere was noted by %(who)s."),
    "transferred": N_("%(who)s handed the case over to a court."),
    "revealed": N_("%(who)s looked at the customer's data (%(fields)s): %(purpose)s."),
}
# What the story can be narrowed to: its name, and the kinds that belong to it.
PARTS: Mapping[str, tuple[Any, frozenset[str]]] = {
    "customer": (
        lazy_gettext("Customer"),
        frozenset(
            {
                *("registered", "registration_completed", "letter", "heard", "spoke", "not_reached", "content_added", "message", "offered"),
                *("answered", "mediation_agreed", "mediation_refused", "visited", "visit_failed", "need", "rated", "withdrawal"),
            }
        ),
    ),
    "decisions": (
        lazy_gettext("Decisions"),
        frozenset(
            {
                *("level", "triage", "declined", "decision", "owner", "proposed", "vote", "automatic_vote", "extension", "supervised"),
                *("evidence_waived", "evidence_assessed", "settlement_checked", "final_response", "withdrawal_confirmed", "merged"),
            }
        ),
    ),
    "work": (
        lazy_gettext("Work"),
        frozenset({"status", "task_done", "question", "engagement", "kickoff", "meeting", "mediation_session", "verified", "escalated"}),
    ),
    "money": (
        lazy_gettext("Money"),
        frozenset(
            {
                *("proposed", "offered", "claimed", "vote", "automatic_vote", "agreement", "paid"),
                *("payment_released", "payment_returned", "payment_held", "payment_failed"),
            }
        ),
    ),
    "looks": (lazy_gettext("Looks at the customer's data"), frozenset({"revealed"})),
}
TONES: Mapping[str, str] = {
    "escalated": "bad",
    "payment_failed": "bad",
    "payment_held": "bad",
    "declined": "bad",
    "mediation_refused": "bad",
    "visit_failed": "bad",
    "not_reached": "bad",
    "paid": "good",
    "verified": "good",
    "rated": "good",
    "mediation_agreed": "good",
}
MESSAGES: Mapping[str, Any] = {
    "customer.info_provided": lazy_gettext("the information that was missing"),
    "customer.decision": lazy_gettext("the answer to the solution"),
    "customer.withdraw": lazy_gettext("the withdrawal"),
    "customer.mediation_consent": lazy_gettext("the answer to mediation"),
    "customer.payment_received": lazy_gettext("the money has arrived"),
    "customer.payment_objection": lazy_gettext("an objection to the payment"),
    "customer.review_request": lazy_gettext("a request for a second review"),
    "customer.payee_provided": lazy_gettext("whom to pay"),
    "evidence.added": lazy_gettext("new evidence"),
    "survey.submitted": lazy_gettext("the survey"),
    "payment.confirmed": lazy_gettext("the payment is confirmed"),
    "payment.failed": lazy_gettext("the payment failed"),
    "mediation.external_result": lazy_gettext("the result of the external mediation"),
    "regulator.referral": lazy_gettext("a referral by an authority"),
    "case.escalate": lazy_gettext("please escalate"),
    "case.regrade": lazy_gettext("another level"),
    "case.extension_request": lazy_gettext("please extend the deadline"),
    "case.request_input": lazy_gettext("a question to departments"),
    "case.suspend": lazy_gettext("suspend the case"),
    "case.resume": lazy_gettext("go on with the case"),
    "responsibility.appeal": lazy_gettext("an objection to the responsibility"),
    "external.proceeding_started": lazy_gettext("a proceeding elsewhere has begun"),
}
DECISIONS: Mapping[str, Any] = {
    "continue_with_instructions": lazy_gettext("go on, with instructions"),
    "reassign": lazy_gettext("somebody else does it"),
    "take_over": lazy_gettext("takes it over"),
    "raise_level": lazy_gettext("a higher level"),
    "approve_extension": lazy_gettext("more time is to be decided on"),
    "convene_meeting": lazy_gettext("a meeting"),
    "refer_mediation": lazy_gettext("to mediation"),
    "stop_payment": lazy_gettext("stop the payment"),
    "refer_external": lazy_gettext("to others outside the house"),
}
ANSWERS: Mapping[str, Any] = {
    "accept": lazy_gettext("accepted"),
    "counter": lazy_gettext("a counter-proposal"),
    "reject": lazy_gettext("rejected"),
    "no_response": lazy_gettext("no answer"),
}
RESULTS: Mapping[str, Any] = {
    "settled": lazy_gettext("settled"),
    "agreed": lazy_gettext("agreed"),
    "continue": lazy_gettext("to be continued"),
    "failed": lazy_gettext("without agreement"),
    "not_consented": lazy_gettext("not agreed to"),
    "unsigned": lazy_gettext("not signed"),
    "timeout": lazy_gettext("the time ran out"),
    "ok": lazy_gettext("in order"),
    "change": lazy_gettext("to be changed"),
}
TRIGGERS: Mapping[str, Any] = {
    "sla": lazy_gettext("a deadline"),
    "approval_timeout": lazy_gettext("an approval took too long"),
    "conflict_of_interest": lazy_gettext("a conflict of interest"),
    "customer_demand": lazy_gettext("the customer demands it"),
    "department_refusal": lazy_gettext("a department refuses"),
    "handler_request": lazy_gettext("who handles it asks for help"),
    "media_published": lazy_gettext("it is in the media"),
    "media_threatened": lazy_gettext("the customer announces to go to the media"),
    "privacy_leak": lazy_gettext("personal data leaked"),
    "regulator": lazy_gettext("an authority asks"),
    "reopen_limit": lazy_gettext("reopened too often"),
    "safety_injury": lazy_gettext("somebody was hurt"),
    "settlement_breach": lazy_gettext("a settlement was not kept"),
}
