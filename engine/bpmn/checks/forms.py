"""Forms: their own problems, found by whoever knows forms."""

from collections.abc import Iterator
from dataclasses import replace

from engine.bpmn.checks.given import Given
from engine.errors import Problem

RULE = "forms"


def check(given: Given) -> Iterator[Problem]:
    """What `form_problems` says about each form file, with the file named."""
    if given.form_problems is None:
        return
    for form in given.forms.values():
        for found in given.form_problems(form.content):
            yield replace(found, file=form.file, rule=found.rule or RULE)
