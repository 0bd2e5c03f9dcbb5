"""Process definitions: immutable numbered versions, found and read. Deployments make them (`deployments.py`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.orm import Session

from engine import definition_caches, forms, prepared
from engine.bpmn import compiler
from engine.bpmn import diagram as diagrams
from engine.bpmn.form_files import keys_of
from engine.database import connection_of
from engine.errors import NotFound
from engine.tables import DeploymentResource, Incident, ProcessDefinition, ProcessInstance, Resource


@dataclass(frozen=True, kw_only=True)
class Overview:
    """A live definition and how its process fares, all versions together."""

    definition: ProcessDefinition
    running: int
    incidents: int


class Version(NamedTuple):
    """What names one version of a process."""

    id: str
    key: str
    version: int


def files_of(session: Session, definition_id: str) -> dict[str, bytes]:
    """Every file of the deployment a definition came with, by name."""
    definition = get(session, definition_id)
    statement = (
        select(DeploymentResource.name, Resource.content)
        .join(Resource, Resource.sha256 == DeploymentResource.sha256)
        .where(DeploymentResource.deployment_id == definition.deployment_id)
        .order_by(DeploymentResource.name)
    )
    return dict(session.execute(statement).all())


def file_names(session: Session, definition_id: str) -> list[str]:
    """The names of the files a definition came with: those of its own folder, where its deployment brought several folders."""
    definition = get(session, definition_id)
    named = select(DeploymentResource.name).where(DeploymentResource.deployment_id == definition.deployment_id)
    folder, _, _ = definition.resource_name.rpartition("/")
    return [name for name in session.scalars(named.order_by(DeploymentResource.name)) if not folder or name.startswith(f"{folder}/")]


_IS_LIVE = (ProcessDefinition.key == bindparam("key"), ProcessDefinition.live)
_LIVE = select(ProcessDefinition).where(*_IS_LIVE)


def live_or_none(session: Session, key: str, *, lock: bool = False) -> ProcessDefinition | None:
    """The version new instances get, None for a process that is not there; `lock`: nobody makes another one live meanwhile,
    while instances of it may start."""
    return session.scalar(_LIVE.with_for_update(key_share=True) if lock else _LIVE, {"key": key})


def live(session: Session, key: str) -> ProcessDefinition:
    """The version new instances get."""
    return _found(live_or_none(session, key), key)


_LIVE_VERSION = select(ProcessDefinition.id, ProcessDefinition.key, ProcessDefinition.version).where(*_IS_LIVE)


def live_version(session: Session, key: str) -> Version:
    """Of the version new instances get only what names it: asked with every start."""
    found = prepared.ask(connection_of(session), _LIVE_VERSION, key=key)
    if not found:
        raise NotFound(kind="process definition", id=key)
    return Version(*found[0])


def get(session: Session, definition_id: str) -> ProcessDefinition:
    """One version by its id."""
    return _found(session.get(ProcessDefinition, definition_id), definition_id)


def _found(definition: ProcessDefinition | None, id_: str) -> ProcessDefinition:
    if definition is None:
        raise NotFound(kind="process definition", id=id_)
    return definition


def version(session: Session, key: str, number: int) -> ProcessDefinition:
    """One version by its number."""
    numbered = select(ProcessDefinition).where(ProcessDefinition.key == key, ProcessDefinition.version == number)
    return _found(session.scalar(numbered), f"{key}:{number}")


def versions(session: Session, key: str) -> Sequence[ProcessDefinition]:
    """All versions of a process, newest first."""
    found = session.scalars(select(ProcessDefinition).where(ProcessDefinition.key == key).order_by(ProcessDefinition.version.desc())).all()
    if not found:
        raise NotFound(kind="process definition", id=key)
    return found


def overview(session: Session) -> list[Overview]:
    """Every live definition with the running instances and open incidents of all its versions."""
    counts = select(ProcessInstance.definition_key, func.count()).group_by(ProcessInstance.definition_key)
    running = dict(session.execute(counts.where(ProcessInstance.state == "running")).all())
    failing = counts.join(Incident, Incident.instance_id == ProcessInstance.id).where(Incident.state == "open")
    incidents = dict(session.execute(failing).all())
    found = session.scalars(select(ProcessDefinition).where(ProcessDefinition.live).order_by(ProcessDefinition.key))
    return [Overview(definition=one, running=running.get(one.key, 0), incidents=incidents.get(one.key, 0)) for one in found]


def live_ones(session: Session) -> Sequence[ProcessDefinition]:
    """The version of each process that new instances get."""
    return session.scalars(_live_ones()).all()


def search_attributes(session: Session) -> dict[str, str]:
    """The names that live processes declare for lists to filter and sort by, with their types: text, number or instant."""
    return {name: kind for one in live_ones(session) for name, kind in diagram(session, one.id).search_attributes}


def _live_ones() -> Select[ProcessDefinition]:
    return select(ProcessDefinition).where(ProcessDefinition.live).order_by(ProcessDefinition.key)


def running_by_version(session: Session, key: str) -> dict[str, int]:
    """How many instances run on each version, by definition id."""
    counts = select(ProcessInstance.definition_id, func.count()).group_by(ProcessInstance.definition_id)
    running = counts.where(ProcessInstance.definition_key == key, ProcessInstance.state == "running")
    return dict(session.execute(running).all())


_specifications: dict[str, compiler.Specification] = {}  # a version is immutable, its id unique: never stale
_diagrams: dict[str, diagrams.Process] = {}
_forms: dict[str, forms.Form] = {}
forget = definition_caches.of(_specifications, _diagrams, _forms)
_keep = definition_caches.keep


def specification(session: Session, definition_id: str) -> compiler.Specification:
    """What SpiffWorkflow executes for this version."""
    if definition_id in _specifications:
        return _specifications[definition_id]
    blob = session.scalar(select(ProcessDefinition.specification).where(ProcessDefinition.id == definition_id))
    if blob is None:
        raise NotFound(kind="process definition", id=definition_id)
    return _keep(_specifications, definition_id, compiler.load_specification(blob))


def diagram(session: Session, definition_id: str) -> diagrams.Process:
    """What people see of this version: names, groups, forms, positions."""
    if definition_id in _diagrams:
        return _diagrams[definition_id]
    definition = get(session, definition_id)
    drawn = diagrams.read(definition.resource_name, xml(session, definition_id))
    return _keep(_diagrams, definition_id, next(one for one in drawn if one.id == definition.key))


def xml(session: Session, definition_id: str) -> bytes:
    """The BPMN file as deployed."""
    content = session.scalar(_contents(definition_id).where(DeploymentResource.name == ProcessDefinition.resource_name))
    if content is None:
        raise NotFound(kind="process definition", id=definition_id)
    return content


def form(session: Session, definition_id: str, form_key: str) -> Mapping[str, Any]:
    """The form-js schema a version was deployed with (do not change it)."""
    return parsed_form(session, definition_id, form_key).schema


def parsed_form(session: Session, definition_id: str, form_key: str) -> forms.Form:
    """The same form, ready to check what was typed."""
    name = f"{definition_id} {form_key}"
    return _forms.get(name) or _keep(_forms, name, forms.parse(_form_content(session, definition_id, form_key)))


def _form_content(session: Session, definition_id: str, form_key: str) -> bytes:
    statement = _contents(definition_id).where(
        or_(DeploymentResource.name == f"{form_key}.form", DeploymentResource.name.like(f"%/{form_key}.form"))
    )
    content = session.scalar(statement.order_by(DeploymentResource.name).limit(1))
    if content is None:
        others = session.scalars(_contents(definition_id).where(DeploymentResource.name.like("%.form")))
        content = next((one for one in others if form_key in keys_of("", one)), None)
    if content is None:
        raise NotFound(kind="form", id=form_key)
    return content


def _contents(definition_id: str) -> Select[bytes]:
    return (
        select(Resource.content)
        .join(DeploymentResource, DeploymentResource.sha256 == Resource.sha256)
        .join(ProcessDefinition, ProcessDefinition.deployment_id == DeploymentResource.deployment_id)
        .where(ProcessDefinition.id == definition_id)
    )
