"""The English sentences about comments and files that people read on pages."""

from api.pages.texts import N_

CONVERSATION = (
    N_("{name} may not see this case and cannot be mentioned here."),
    N_("Several people are called {name}; write one of {ids} instead."),
    N_("Mention at most {most} people at once."),
    N_("This cursor was not made by this list."),
    N_("Say in a sentence why the file is deleted: the reason stays in its place."),
    N_(
        "'{name}' cannot be taken. We take pictures, PDF, Word, Excel and PowerPoint without macros, OpenDocument, text, sound and video; "
        "unpack an archive and send what is in it."
    ),
    N_("'{name}' is larger than {most} MB. Send a smaller one, or several parts."),
    N_("'{name}' is empty."),
    N_("'{name}' was not kept: the virus scanner found {found} in it."),
    N_("'{name}' was not kept: the virus scanner does not answer at the moment. Try again later."),
    N_("Send at most {most} files at once."),
    N_("comment"),
)
