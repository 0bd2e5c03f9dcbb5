"""References of a file to its own parts, said without a prefix: `tns:order` is `order` when `tns` is the file's own namespace.

The schema makes most references names with a namespace (`xsd:QName`), and many tools write them so. A called process may stand in
an imported file, whose namespace is another one; ids of processes are unique among all files, so its prefix says nothing more.
"""

from collections.abc import Collection

from lxml import etree

from engine.bpmn.xml import is_bpmn, local

Node = etree._Element

ATTRIBUTES = (
    *("messageRef", "signalRef", "errorRef", "escalationRef", "operationRef", "activityRef", "attachedToRef", "processRef"),
    *(
        "itemSubjectRef",
        "itemRef",
        "structureRef",
        "dataStoreRef",
        "categoryValueRef",
        "definitionalCollaborationRef",
        "partitionElementRef",
    ),
    *("sourceRef", "targetRef", "oneBehaviorEventRef", "noneBehaviorEventRef", "correlationKeyRef", "correlationPropertyRef"),
)
TEXTS = (
    *("incoming", "outgoing", "eventDefinitionRef", "loopDataInputRef", "loopDataOutputRef", "inMessageRef", "outMessageRef"),
    *("operationRef", "resourceRef", "source", "target", "supportedInterfaceRef", "participantRef", "messageFlowRef", "sourceRef"),
    *("targetRef", "errorRef", "interfaceRef", "correlationPropertyRef"),
)


def shorten(root: Node) -> None:
    """In place. A prefix that is not declared, or means another namespace, stays, for the rules to refuse."""
    own = root.get("targetNamespace")
    for element in root.iter("*"):
        if not is_bpmn(element):
            continue
        for name in ATTRIBUTES:
            if (bare := _bare(element, element.get(name), {own})) is not None:
                element.set(name, bare)
        if (bare := _bare(element, element.get("calledElement"), set(element.nsmap.values()))) is not None:
            element.set("calledElement", bare)
        if local(element) in TEXTS and (bare := _bare(element, element.text, {own})) is not None:
            element.text = bare


def _bare(element: Node, said: str | None, of: Collection[str | None]) -> str | None:
    """The name alone, when its prefix is declared and means one of these namespaces."""
    prefix, colon, name = (said or "").strip().partition(":")
    return name if colon and element.nsmap.get(prefix) is not None and element.nsmap[prefix] in of else None
