"""What is said about accounts, deputies, calendars and the texts of letters: message ids of the catalogue."""

from api.pages.texts import N_

ACCOUNTS = (
    N_("An account begins with a letter and has 2 to 40 small letters, digits, dots, hyphens or underscores."),
    N_("There is already an account '{account}'."),
    N_("There is no account '{account}'."),
    N_("There is no active account '{account}'."),
    N_("Several people are called '{name}': choose one with the account behind the name."),
    N_("There is no department '{department}'."),
    N_("There is no role '{role}'."),
    N_("There is no time zone '{zone}'; it is written like Asia/Shanghai."),
    N_("A name has 1 to {most} characters."),
    N_("At most {most} characters."),
    N_("This is not an e-mail address such as name@example.com."),
    N_("The languages are en and zh."),
    N_("The themes are light and dark."),
    N_("'{group}' cannot be the name of a group: small letters, digits and underscores."),
    N_("Nobody is his or her own manager, nor that of somebody above."),
    N_("A password has {fewest} to {most} characters."),
    N_("This is not your password."),
    N_("Give a day, such as 2026-05-01."),
    N_("The end lies after the beginning."),
    N_("This is over already; give a time to come."),
    N_("At most two years; enter a longer one again."),
    N_("Say who stands in."),
    N_("Nobody stands in for himself."),
    N_("Choose a colleague of your department or with your role; for others ask an administrator."),
    N_("This person is away in that time; choose somebody else."),
    N_("{who} is away now; name somebody else."),
)
LETTERS = (
    N_("A letter has at most {most} characters."),
    N_("Line {line} cannot be read as a template: {why}."),
    N_("The first line is the subject; it cannot be empty."),
    N_("The first line is the subject: it has 1 to {most} characters."),
    N_("Line {line}: there is no value '{name}' in this letter; known are {known}."),
    N_("Line {line}: there is no filter '{name}' for letters; known are {known}."),
    N_("Line {line}: there is no test '{name}' for letters; known are {known}."),
    N_("Line {line}: a letter holds values, conditions and one loop, nothing else."),
    N_("Line {line} cannot be written: a value is missing or of another kind. Ask with 'if' first for {missing}."),
)
CALENDARS = (
    N_("There are calendars from {first} to {last}."),
    N_("{day} does not lie in {year}."),
    N_("{day} cannot be both a day off and a working day."),
    N_("The notice has 1 to {most} characters."),
    N_("A week has seven days."),
    N_("Hours follow one another, at most four times a day: 09:00-12:00 13:00-18:00."),
    N_("Somebody has to work at some time, also on a moved working day."),
    N_("'{text}' is neither a day nor a span of days such as 2027-10-01 - 2027-10-07."),
    N_("'{text}' are no hours such as 09:00-12:00 13:00-18:00."),
)
CASES = (
    N_("Choose one of the purposes in the list."),
    N_("Name what you need: one or more of {fields}."),
    N_(
        "Attach {types}; the category asks for it. "
        "Where it cannot be had, a team lead can do without it on the page of the case, under Evidence, and say why."
    ),
    N_("It was decided already to do without this."),
    N_("This is there already; nobody has to do without it."),
    N_("Only mandatory evidence can be done without; missing in this case: {types}."),
    N_("Say in 1 to {most} characters why the case goes on without it."),
)
TASKS = (
    N_("The task is yours already: choose somebody else."),
    N_("Say in a sentence what you did, so that the task can go on."),
    N_("A follow-up lies in the future: choose a later day."),
    N_("A priority is a whole number from 0 to {most}."),
    N_("Give the filter a name of at most {most} characters."),
    N_("Choose one of the colours."),
    N_("A filter is shared with a group you are in."),
    N_("Such a filter of tasks is not known."),
)
# The reasons of refusals that say why in their own words.
REASONS = (
    N_("the account is active already"),
    N_("the account is inactive already"),
    N_("the account is inactive"),
    N_("it is over already"),
    N_("the case is closed"),
    N_("the task was not given to you or by you for a piece of work"),
    N_("this text is sent already"),
    N_("there are 50 tokens already; revoke some of them"),
)
HOUSE = (*CASES, *ACCOUNTS, *LETTERS, *CALENDARS, *TASKS)
