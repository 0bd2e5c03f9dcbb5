"""Refusals that only pages know."""

from engine.errors import Conflict, Invalid, Refused


class FormExpired(Refused):
    """This page was open too long or in another window; nothing was changed. Load it again and repeat."""

    code = "FORM_EXPIRED"


class ChangedBelow(Conflict):
    """Version {version} went live while you were working on yours; look at it, then send your files again."""

    code = "CHANGED_BELOW"


class NotAnObject(Invalid):
    """Write the data as a JSON object: names and values in braces, each name in double quotes."""

    code = "NOT_AN_OBJECT"


class NoFiles(Invalid):
    """Choose at least one file: a diagram (.bpmn), a decision table (.dmn) or a form (.form)."""

    code = "NO_FILES"


class DraftChanged(Conflict):
    """You typed something else into this form in another window, saved at {when}. Choose what is right before you send it."""

    code = "DRAFT_CHANGED"
