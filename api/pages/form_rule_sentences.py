"""What the rules of forms, and the messages of a case, answer when they refuse: message ids of the catalogue."""

from api.pages.texts import N_

INTAKE = (
    N_("Fill in {field}."),
    N_("Give the number of the other case."),
    N_("{reference} is closed; a closed case takes up nothing."),
    N_("A sub-category of {category} begins with {code}-."),
    N_("There is no department {code}."),
    N_("Say true or false."),
    N_("Give a list of at most five names."),
    N_("Give a whole number, at least 1."),
    N_("Write date and time as 2026-03-10T14:05+08:00."),
)
PEOPLE = (
    N_("Nobody with the account '{account}' works here."),
    N_("Nobody who works here has the account {account}."),
    N_("The case concerns {account} or somebody close; name somebody else."),
    N_("{account} is not in one of the groups that may do this: {groups}."),
    N_("{name} is kept away from this case: it is about {name} or somebody close."),
    N_("{name} owns no cases; name a case owner."),
    N_("{name} decided about money in this case, and may not own it as well."),
    N_("{name} may not do this task: {why}"),
    N_("You may not take this task over: {why}"),
)
OWNER = (
    N_("This case was declined once; accept it, or ask the complaint manager to move it."),
    N_("A group has at least two departments or people."),
    N_("{names} is asked but not in the group."),
    N_("Cases of level 3 and 4 are not settled on the first contact."),
    N_("On the first contact at most {amount} can be given; propose a solution for more."),
    N_("Nobody was reached: {calls} attempts on {days} different days count as a response. Save a draft and try again."),
)
CASE = (
    N_("Say what the customer is to send."),
    N_("A person is complained about: hear him or her too."),
    N_("Name each department once."),
    N_("The shares add up to {total}; together they are 100."),
    N_("The complaint was found unfounded: give the reasons."),
    N_("You say it is not {doubts}: return or reject it."),
    N_("lawful"),
    N_("feasible"),
    N_("fair"),
    N_("There is no remedy case '{case}'."),
    N_("No remedy case is counted with '{name}'."),
    N_("Say until when, as 2026-03-14T18:00."),
    N_("The law ({basis}) gives the customer {amount}; no less can be proposed."),
    N_("It affects the outcome: use it in the running investigation, or have it reworked."),
    N_("It does not affect the outcome, so nothing is reworked: file it."),
    N_("This task asks another department: leave the field empty."),
    N_("Only a team lead does without the statement of a department."),
    N_("You can waive the statement; giving it is for the department."),
    N_("Name at least {number} ways open to the customer."),
    N_("Say who signs."),
)
END = (
    N_("Complete this once it is done; until then save a draft."),
    N_("This task is about: {action}."),
    N_("Verify once everything is done."),
    N_("The record is not complete. Still missing: {fields}."),
    N_("A withdrawal that was not free does not end the case; speak with the customer again, and with the complaint manager."),
    N_("Say how it was verified."),
)
MONEY = (
    N_("{amount} is to be paid: what was approved, no other sum."),
    N_("A supervisor has stopped the payments of this case."),
    N_("Say who is to be paid."),
    N_("Only the complainant ({name}) or an authorised agent can be paid."),
    N_("Say how it is paid: {methods}."),
    N_("A bank transfer needs the account."),
    N_("Write at most {most} characters here."),
    N_("Several payments of this case are on their way; give the idempotency_key of the order."),
)
SUPERVISION = (
    N_("Say what is to be done: without an instruction nothing changes."),
    N_("Name the new level."),
    N_("The case has level {level} already; name a higher one. Only the complaint manager lowers a level."),
    N_("Name who takes the case, or who does the late task instead."),
    N_("There is no open late task to give away; name a new case owner instead."),
    N_("A meeting has at least two people; write one in a line."),
    N_("The deadline of this case cannot be extended: it does not run, is over, or was extended before."),
)
MEDIATION = (
    N_("There is no such account."),
    N_("Without the declaration that there is no conflict nobody mediates."),
    N_("Appoint somebody else: {why}."),
    N_("the case owner may not mediate"),
    N_("who investigated the case may not mediate"),
    N_("the complaint is about this person or somebody close"),
    N_("the department of this person is involved in the case"),
    N_("this person is no mediator"),
    N_("The session lies ahead: give a later time."),
    N_("Write down what the {party} says."),
    N_("customer"),
    N_("company"),
    N_("This is session {number}."),
    N_("{amount} was agreed and approved, no other sum."),
    N_("The day lies ahead."),
    N_("Say one of {outcomes}."),
    N_("'{day}' is no date such as 2026-08-25."),
)
VISITS = (
    N_("This lies in the future; write down what has happened."),
    N_("Attempt {number} was on the same day; the next one is on another day."),
    N_("This is a {kind} visit; leave the field empty."),
    N_("complaint"),
    N_("settlement"),
    N_("The customer has not agreed to be told about offers; leave them out."),
    N_("The customer does not want to be called; take another means."),
    N_("How content was the customer with the handling?"),
    N_("How content was the customer with the result?"),
    N_("Was the settlement performed: fully, partly or not at all?"),
    N_("Say why it is not done, or what is still to come."),
    N_("Answer yes (true) or no (false)."),
    N_("Write a text of at most 2000 characters here."),
)
SETTINGS = (
    N_("The digest comes daily or hourly."),
    N_("A time is given like 08:00."),
    N_("Say from when and until when it is quiet, or neither."),
)
MESSAGES = (
    N_("Name at least one department."),
    N_("Write a text of at most 5000 characters here."),
    N_("Give a list of at most 20 files."),
    N_("The table of escalations knows no such trigger."),
)
REPORTS = (
    N_("There is no '{name}' to tell cases apart by; known are {known}."),
    N_("The figure '{name}' has no cases that need a look."),
    N_("A period is written as {shape}."),
)
# The reasons of refusals that say why in their own words.
REASONS = (
    N_("the case does not wait for information now; send it as evidence instead"),
    N_("the case does not wait for the customer's decision now"),
    N_("the case is closed; ask for a review if the evidence changes the result"),
    N_("the case is closed already"),
    N_("the case is suspended already"),
    N_("the case is not suspended"),
    N_("the answer that came before is being worked on"),
    N_("there is no mediation in this case"),
    N_("nobody waits for an answer about a mediation"),
    N_("this case is not with an organisation outside"),
    N_("nothing is to be paid in this case"),
    N_("no payment of this case is on its way"),
    N_("the customer is asked after the result was sent, and it was not sent yet"),
    N_("the preparation of this payment"),
)
FORM_RULES = (
    *INTAKE,
    *PEOPLE,
    *OWNER,
    *CASE,
    *END,
    *MONEY,
    *SUPERVISION,
    *MEDIATION,
    *VISITS,
    *SETTINGS,
    *MESSAGES,
    *REPORTS,
)
