"""Files of other tools: what Camunda, Flowable and the like write into a diagram, said in our words before anybody reads it.

One construct a file. What means the same takes the place of what was written; everything else stays where it is, for the
rule `other_tools` to report or to refuse with a sentence (`words`). The file itself is never changed.
"""

from lxml import etree

from engine.bpmn.other_tools import calls, decisions, events, loops, mappings, scripts, starts, user_tasks, work
from engine.bpmn.other_tools.reading import ENGINES

# Calls before mappings: a call of Camunda 7 says its inputs and outputs in its own way.
STEPS = (user_tasks, work, scripts, decisions, calls, mappings, loops, events, starts)


def understand(root: etree._Element) -> None:
    """Say what is understood in our words, in place."""
    if any(uri in ENGINES for element in root.iter("*") for uri in element.nsmap.values()):
        for step in STEPS:
            step.understand(root)
