"""User tasks: who does them, until when, how urgent they are, with which form."""

import re
from datetime import datetime

import isodate

from engine.bpmn.other_tools.reading import Convert, Node, bpmn, expression_of, give, move, one_by_one, parts, remove, text_of
from engine.bpmn.xml import children, local

OWNERS = ("potentialOwner", "humanPerformer", "performer")
_DEPLOYED_FORM = re.compile(r"(?:camunda-forms:deployment:(?:[^:]*/)?|)([\w-]+)(?:\.form)?")
_PLUS = re.compile(r"\.plus(Weeks|Days|Hours|Minutes)\((\d{1,4})\)")
_LATER = re.compile(rf"[$#]\{{\s*(?:dateTime|now)\(\)(?:{_PLUS.pattern})?(?:\.toDate\(\))?\s*\}}")
_PEOPLE = re.compile(r"(?:(user|group)\(([^()]*)\)|([^(),]+))(?:,|$)")


def understand(root: Node) -> None:
    """In place."""
    for task in bpmn(root, "userTask", "manualTask"):
        _like_camunda(task)
        _like_zeebe(task)
        _by_the_standard(task)


def _like_camunda(task: Node) -> None:
    move(task, "assignee", "assignee", text_of)
    move(task, "candidateGroups", "candidateGroups", one_by_one)
    move(task, "candidateUsers", "candidateUsers", one_by_one)
    move(task, "priority", "priority", text_of)
    move(task, "dueDate", "dueDate", due)
    for name in ("formKey", "formRef"):
        move(task, name, "formKey", form)


def _like_zeebe(task: Node) -> None:
    remove(*parts(task, "zeebe:userTask"))
    for part in parts(task, "zeebe:assignmentDefinition"):
        _attributes(task, part, assignee=text_of, candidateGroups=one_by_one, candidateUsers=one_by_one)
    for part in parts(task, "zeebe:taskSchedule"):
        _attributes(task, part, dueDate=due)
    for part in parts(task, "zeebe:priorityDefinition"):
        _attributes(task, part, priority=text_of)
    for part in parts(task, "zeebe:formDefinition"):
        if len(part.attrib) == 1 and give(task, formKey=form(part.get("formId") or part.get("formKey") or "")):
            remove(part)


def _attributes(task: Node, part: Node, **converts: Convert) -> None:
    for name, convert in converts.items():
        text = (part.get(name) or "").strip()
        if not text or give(task, **{name: convert(text)}):
            part.attrib.pop(name, "")
    if not part.attrib:
        remove(part)


def due(text: str) -> str | None:
    """An instant, or a duration from now on, or an expression for an instant."""
    later = _LATER.fullmatch(text)
    if later:
        spans = ", ".join(f"{unit.lower()}={number}" for unit, number in _PLUS.findall(text))
        return f"datetime(now()) + timedelta({spans})" if spans else "datetime(now())"
    try:
        return repr(text) if datetime.fromisoformat(text).tzinfo is not None else None
    except ValueError:
        pass  # no date as it stands
    try:
        length = isodate.parse_duration(text)
    except (isodate.ISO8601Error, ValueError):
        found = expression_of(text)
        return None if found == repr(text) else found
    return None if isinstance(length, isodate.Duration) else f"datetime(now()) + timedelta(seconds={int(length.total_seconds())})"


def form(text: str) -> str | None:
    """The key of a form that is deployed with the diagram; pages and forms inside the diagram have none."""
    found = _DEPLOYED_FORM.fullmatch(text)
    return found[1] if found else None


def _by_the_standard(task: Node) -> None:
    """`potentialOwner` and `humanPerformer`: group(a), user(b), a name, which is a group of the one, a person of the other.

    A resource of the file that owns a task is a group of its name.
    """
    for owner in list(children(task, *OWNERS)):
        text = " ".join("".join(str(part) for part in owner.itertext()).split())
        if next(children(owner, "resourceRef", "resourceParameterBinding"), None) is not None:
            words = {"candidateGroups": _resource(owner)}
        else:
            words = _groups_and_users(text) if local(owner) == "potentialOwner" else {"assignee": _person(text)}
        if not text or give(task, **words):
            remove(owner)  # it names nobody, or is said in our words


def _resource(owner: Node) -> str | None:
    """The name of the resource that is all an owner says."""
    said = list(children(owner))
    wanted = (said[0].text or "").strip().rpartition(":")[2]
    found = [one for one in bpmn(owner.getroottree().getroot(), "resource") if one.get("id") == wanted]
    name = found[0].get("name", "").strip() if found and len(said) == 1 else ""
    return name if name and not set(name) & set("=,") else None


def _groups_and_users(text: str) -> dict[str, str | None]:
    """What our words say of potential owners; None when they cannot."""
    found = text.replace(", ", ",")
    if "{" in text:
        return {"candidateGroups": one_by_one(text)}
    people = _PEOPLE.findall(found)
    if not people or "".join(_PEOPLE.split(found)[::4]):
        return {"candidateGroups": None}
    groups = [name or bare for kind, name, bare in people if (kind or "group") == "group"]
    users = [name for kind, name, _ in people if kind == "user"]
    return {name: ",".join(who) for name, who in (("candidateGroups", groups), ("candidateUsers", users)) if who}


def _person(text: str) -> str | None:
    if "{" in text:
        return text_of(text)
    return text if len(_PEOPLE.findall(text)) == 1 and "(" not in text else None
