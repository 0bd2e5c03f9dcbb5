"""Files of other tools: what Camunda, Flowable and the like write into a diagram, said in our words before anybody reads it.

One construct a file. What means the same takes the place of what was written; everything else stays where it is, for the
rule `other_tools` to report or to refuse with a sentence (`words`). The file itself is never changed.
"""

from lxml import etree

from engine.bpmn.other_tools import calls, decisions, events, kie, loops, mappings, scripts, starts, user_tasks, work
from engine.bpmn.other_tools.reading import ENGINES
from engine.bpmn.xml import BPMN, namespace

_BPMN = f"{{{BPMN}}}"
_WRITERS = {*ENGINES, kie.KIE}
# Calls before mappings: a call of Camunda 7 says its inputs and outputs in its own way.
STEPS = (kie, user_tasks, work, scripts, decisions, calls, mappings, loops, events, starts)


def understand(root: etree._Element) -> None:
    """Say what is understood in our words, in place."""
    if any(_is_of_others(element) for element in root.iter("*")):
        _forget_what_says_nothing(root)
        for step in STEPS:
            step.understand(root)


def _is_of_others(element: etree._Element) -> bool:
    """Whether an engine wrote this, or owners of the standard stand here; asked of every element of every file."""
    tag = element.tag
    if not tag.startswith(_BPMN):
        return namespace(element) in _WRITERS
    if tag[len(_BPMN) :] in user_tasks.OWNERS:
        return True
    return any(name[1:].partition("}")[0] in _WRITERS for name in map(str, element.attrib) if name[0] == "{")


def _forget_what_says_nothing(root: etree._Element) -> None:
    """Modelers leave attributes behind whose field was emptied."""
    for element in root.iter(f"{_BPMN}*"):
        for name, value in list(element.attrib.items()):
            if str(name)[1:].partition("}")[0] in ENGINES and not str(value).strip():
                del element.attrib[name]
