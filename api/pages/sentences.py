"""The English sentences of engine and processes that people read on pages: message ids of the catalogue."""

from api.pages.conversation_sentences import CONVERSATION
from api.pages.deployment_sentences import DEPLOYMENT
from api.pages.execution_sentences import EXECUTION
from api.pages.expression_sentences import EXPRESSIONS, WORDS
from api.pages.form_rule_sentences import FORM_RULES
from api.pages.house_sentences import HOUSE
from api.pages.other_tools_sentences import OTHER_TOOLS
from api.pages.standard_sentences import STANDARD
from api.pages.texts import N_

PROBLEMS = (
    N_("Say why: the others act on your reason."),
    N_("Give the amount."),
    N_("The amount is more than 0."),
    N_("The law ({basis}) gives the customer {amount}; no less can be agreed."),
    N_("Approve at most the {amount} that were requested."),
    N_("Check first that the same thing was not paid before, then say so here."),
    N_("Name the cost centre; SUSPENSE while shares are disputed."),
    N_('An amount is written as a text with two decimals, for example "44.85".'),
    N_("'{value}' is not an amount; write for example 44.85."),
    N_("An amount is between 0 and {most}."),
    N_("An amount has at most two decimals."),
    N_("Give the number of the complaint, such as TS-20260914-00001."),
    N_("There is no complaint {reference}; its number looks like TS-20260914-00001."),
    N_("There is no remedy case '{case}'; known are {known}."),
    N_("{remedy} is counted with '{name}'; give it."),
    N_("This is a whole number of days between 0 and {most}."),
    N_("The form did not arrive whole; send it again."),
)

FORM_PROBLEMS = (
    N_("{label} is required."),
    N_("{label} must be text."),
    N_("{label} must have at least {limit} characters."),
    N_("{label} must have at most {limit} characters."),
    N_("{label} does not have the form that is expected."),
    N_("{label} must be an e-mail address such as name@example.com."),
    N_("{label} must be a phone number of digits, spaces and + - ( )."),
    N_("{label} must be a number such as 44.85."),
    N_("{label} must have at most {limit} digits after the point."),
    N_("{label} must be at least {limit}."),
    N_("{label} must be at most {limit}."),
    N_("{label} must be a multiple of {limit}."),
    N_("{label} must be yes or no."),
    N_("{label} must be one of the choices that are offered."),
    N_("{label} must be a list."),
    N_("{label} must have at most {limit} entries."),
    N_("{label} must be a date such as 2026-03-01."),
    N_("{label} must be a time such as 09:30."),
    N_("{label} must be a date and time such as 2026-03-01T09:30."),
    N_("{label} must not be in the past."),
    N_("This form has no field '{label}'; leave it out."),
    N_("What was sent must be an object with one member for each field."),
)

INTAKE = (
    N_("Write a text here."),
    N_("At most {most} characters fit here; this has {length}."),
    N_("Choose one of {choices}."),
    N_("Write the date as 2026-03-10."),
    N_("A mobile number has eleven digits and begins with 1."),
    N_("Write an e-mail address like name@example.cn."),
    N_("Say what kind of matter it is."),
    N_("Say what your complaint is about."),
    N_("Tell us what happened."),
    N_("Say what you would like us to do."),
    N_("Give your name, so that we know whom we answer."),
    N_("Say how we reach you best."),
    N_("Give a mobile number or an e-mail address; without one we cannot answer."),
    N_("Give the mobile number we are to use."),
    N_("Give the e-mail address we are to use."),
    N_("We can look into it only if we may use what you tell us; please agree."),
)

STAFF_INTAKE = (
    N_("Say how the complaint came in."),
    N_("Write down what the customer tells, in his or her words."),
    N_("Give a mobile number or an e-mail address, or tick that the customer stays anonymous."),
    N_("Write a whole number here, such as 12."),
    N_("A complaint cannot be received in the future; correct the time it was received."),
    N_("Say in a sentence why you need the customer's data: the reason is kept in the audit trail."),
    N_("Say in a sentence why the two belong together."),
    N_("This cursor was not made by this list."),
)

STATUS = (
    N_("Write something here first."),
    N_("This is too long: at most {limit} characters fit here."),
    N_("Choose one of the answers."),
    N_("Choose a number from 1 to 5."),
    N_("Say what you ask for instead: an amount, or in words."),
    N_("Say how we are to pay you."),
    N_("A bank transfer needs the number of your account."),
    N_("Tick this if you are sure."),
)

STUCK = (
    N_("The {kind} was due and has not run: is the scheduler or a worker down?"),
    N_("{task} is assigned to {who}, who is not active any more."),
    N_("Nobody may do {task}: nobody active and free of conflicts is in {groups}."),
    N_("Nobody may do {task}: it is offered to nobody."),
    N_("Nobody has taken “{task}”: more than {percent} percent of its time until {when} is used up."),
    N_("Nobody has taken “{task}” for more than {hours} working hours."),
    N_("Nothing is waited for and it has not ended: two branches never meet."),
)

# Jobs that are due, by their kind.
JOBS = (
    N_("timer"),
    N_("message"),
    N_("signal"),
    N_("start"),
    N_("service task"),
    N_("effect"),
    N_("retry"),
    N_("continue"),
)

PARTS = (
    N_("there is no submission of yours that waits for repair"),
    N_("the task is not assigned to you"),
    N_("another part of this"),
    N_("the process"),
    N_("nobody"),
    N_("account"),
    N_("complaint"),
    N_("compensation"),
    N_("deployment"),
    N_("file"),
    N_("form"),
    N_("incident"),
    N_("job"),
    N_("link"),
    N_("process definition"),
    N_("process instance"),
    N_("user task"),
    N_("timer"),
    N_("service task"),
    N_("message"),
    *JOBS,
)

ANSWERS = (
    N_("There is nothing at this address."),
    N_("The request is too large."),
    N_("The database is busy; send the request again in a moment."),
    N_("Something went wrong on our side. It was written down under the trace id."),
)

TEMPLATES = (
    *PROBLEMS,
    *FORM_PROBLEMS,
    *INTAKE,
    *STAFF_INTAKE,
    *STATUS,
    *DEPLOYMENT,
    *STANDARD,
    *OTHER_TOOLS,
    *EXECUTION,
    *EXPRESSIONS,
    *WORDS,
    *STUCK,
    *HOUSE,
    *FORM_RULES,
    *CONVERSATION,
)
