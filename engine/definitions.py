"""Process definitions: immutable numbered versions, made live by deployments.

`prepare` parses, checks and compiles without a database; `deploy` stores the result in the caller's transaction: a whole
deployment or nothing, and no new version for a process whose files did not change.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Select, bindparam, func, or_, select, update
from sqlalchemy.orm import Session, selectinload

from engine import called_processes, clock, expression_functions, forms, operations, start_events
from engine.bpmn import compiler
from engine.bpmn import diagram as diagrams
from engine.database import new_id
from engine.errors import InvalidDeployment, NotFound, Problem
from engine.extensions import Actor, Extensions
from engine.tables import Deployment, DeploymentResource, Incident, ProcessDefinition, ProcessInstance, Resource

R = TypeVar("R")
CACHED_DEFINITIONS = 256


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """Files that can be deployed: parsed, checked and compiled. `warnings` do not stop it but should be looked at."""

    files: Mapping[str, bytes]
    compiled: compiler.Compiled
    warnings: Sequence[Problem]


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """What a deployment did. `deployment` is None when every process was live already as it is."""

    deployment: Deployment | None
    definitions: Sequence[ProcessDefinition]
    unchanged: Sequence[ProcessDefinition]


@dataclass(frozen=True, kw_only=True)
class Overview:
    """A live definition and how its process fares, all versions together."""

    definition: ProcessDefinition
    running: int
    incidents: int


def prepare(files: Mapping[str, bytes], *, extensions: Extensions) -> Prepared:
    """Check and compile; raises InvalidDeployment with every problem found. Slow: call it outside a transaction."""
    in_forms = [problem for name in sorted(files) if name.endswith(".form") for problem in forms.problems(files[name], file=name)]
    functions, topics = frozenset(expression_functions.NAMES), frozenset(extensions.handlers)
    try:
        compiled = compiler.compile_files(files, functions=functions, topics=topics or None)
    except InvalidDeployment as refusal:
        raise InvalidDeployment(problems=[*refusal.problems, *in_forms]) from refusal
    if any(problem.severity == "error" for problem in in_forms):
        raise InvalidDeployment(problems=[*compiled.warnings, *in_forms])
    return Prepared(files=dict(files), compiled=compiled, warnings=(*compiled.warnings, *in_forms))


def deploy(session: Session, prepared: Prepared, actor: Actor, *, note: str = "", beside: frozenset[str] = frozenset()) -> Deployed:
    """Make new versions live for every process whose files changed; `beside` are made live in the same transaction."""
    called_processes.refuse_unknown(session, prepared.compiled, beside=beside)
    changed: list[tuple[compiler.CompiledProcess, str, ProcessDefinition | None]] = []
    unchanged: list[ProcessDefinition] = []
    for process in prepared.compiled.processes:
        digest = _digest(process, prepared.files)
        before = _live(session, process.key, lock=True)
        if before is not None and before.digest == digest:
            unchanged.append(before)
        else:
            changed.append((process, digest, before))
    if not changed:
        return Deployed(deployment=None, definitions=(), unchanged=unchanged)
    deployment = _store(session, prepared.files, actor, note=note)
    made = [_new_version(session, deployment, one, digest=digest, before=before) for one, digest, before in changed]
    versions_made = [f"{one.key}:{one.version}" for one in made]
    operations.record(session, "deploy", actor=actor, subject=deployment, reason=note or None, versions=versions_made)
    return Deployed(deployment=deployment, definitions=made, unchanged=unchanged)


def _digest(process: compiler.CompiledProcess, files: Mapping[str, bytes]) -> str:
    parts = [process.key, *(f"{name} {hashlib.sha256(files[name]).hexdigest()}" for name in sorted(process.uses))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _next_version(session: Session, key: str) -> int:
    return (session.scalar(select(func.max(ProcessDefinition.version)).where(ProcessDefinition.key == key)) or 0) + 1


def _store(session: Session, files: Mapping[str, bytes], actor: Actor, *, note: str) -> Deployment:
    deployment = Deployment(id=new_id(), created_at=clock.now(), created_by=actor.id, note=note)
    session.add(deployment)
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    known = set(session.scalars(select(Resource.sha256).where(Resource.sha256.in_(hashes.values()))))
    for name, sha256 in hashes.items():
        if sha256 not in known:
            session.add(Resource(sha256=sha256, content=files[name]))
            known.add(sha256)
    session.flush()  # the rows below point at these
    session.add_all(DeploymentResource(deployment_id=deployment.id, name=name, sha256=sha256) for name, sha256 in hashes.items())
    session.flush()
    return deployment


def _new_version(
    session: Session, deployment: Deployment, process: compiler.CompiledProcess, *, digest: str, before: ProcessDefinition | None
) -> ProcessDefinition:
    session.execute(update(ProcessDefinition).where(ProcessDefinition.key == process.key).values(live=False))
    definition = ProcessDefinition(
        id=new_id(),
        key=process.key,
        version=_next_version(session, process.key),
        name=process.name,
        name_zh=process.name_zh,
        digest=digest,
        deployment_id=deployment.id,
        resource_name=process.resource_name,
        specification=process.specification,
        created_at=deployment.created_at,
        created_by=deployment.created_by,
        note=deployment.note,
        starts=start_events.plain(process.starts),
        live=True,
    )
    session.add(definition)
    session.flush()  # so that the next version of this deployment sees it
    start_events.arm(session, definition, before)
    return definition


def merged(session: Session, key: str, changed: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of the live version with the changed ones on top.

    A changed file takes the place of the one with the same name, whatever folder it is in.
    """
    files = files_of(session, live(session, key).id)
    by_name = {name.rsplit("/", 1)[-1]: name for name in files}
    for name, content in changed.items():
        files[name if name in files else by_name.get(name.rsplit("/", 1)[-1], name)] = content
    return files


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


_LIVE = select(ProcessDefinition).where(ProcessDefinition.key == bindparam("key"), ProcessDefinition.live)


def _live(session: Session, key: str, *, lock: bool = False) -> ProcessDefinition | None:
    return session.scalar(_LIVE.with_for_update() if lock else _LIVE, {"key": key})


def live(session: Session, key: str) -> ProcessDefinition:
    """The version new instances get."""
    return _found(_live(session, key), key)


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


def deployment(session: Session, deployment_id: str) -> Deployment:
    """One deployment with the names of its files."""
    found = session.scalar(select(Deployment).where(Deployment.id == deployment_id).options(selectinload(Deployment.resources)))
    if found is None:
        raise NotFound(kind="deployment", id=deployment_id)
    return found


def overview(session: Session) -> list[Overview]:
    """Every live definition with the running instances and open incidents of all its versions."""
    counts = select(ProcessInstance.definition_key, func.count()).group_by(ProcessInstance.definition_key)
    running = dict(session.execute(counts.where(ProcessInstance.state == "running")).all())
    failing = counts.join(Incident, Incident.instance_id == ProcessInstance.id).where(Incident.state == "open")
    incidents = dict(session.execute(failing).all())
    found = session.scalars(select(ProcessDefinition).where(ProcessDefinition.live).order_by(ProcessDefinition.key))
    return [Overview(definition=one, running=running.get(one.key, 0), incidents=incidents.get(one.key, 0)) for one in found]


def running_by_version(session: Session, key: str) -> dict[str, int]:
    """How many instances run on each version, by definition id."""
    counts = select(ProcessInstance.definition_id, func.count()).group_by(ProcessInstance.definition_id)
    running = counts.where(ProcessInstance.definition_key == key, ProcessInstance.state == "running")
    return dict(session.execute(running).all())


_specifications: dict[str, compiler.Specification] = {}  # a version is immutable, its id unique: never stale
_diagrams: dict[str, diagrams.Process] = {}
_forms: dict[str, forms.Form] = {}


def forget() -> None:
    """Drop what this process keeps of versions, as a restart does."""
    for cache in (_specifications, _diagrams, _forms):
        cache.clear()


def _keep(cache: dict[str, R], key: str, value: R) -> R:
    if len(cache) >= CACHED_DEFINITIONS:
        cache.pop(next(iter(cache)), None)
    cache[key] = value
    return value


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


def form(session: Session, definition_id: str, form_key: str) -> dict[str, Any]:
    """The form-js schema a version was deployed with."""
    return dict(json.loads(_form_content(session, definition_id, form_key)))


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
        raise NotFound(kind="form", id=form_key)
    return content


def _contents(definition_id: str) -> Select[bytes]:
    return (
        select(Resource.content)
        .join(DeploymentResource, DeploymentResource.sha256 == Resource.sha256)
        .join(ProcessDefinition, ProcessDefinition.deployment_id == DeploymentResource.deployment_id)
        .where(ProcessDefinition.id == definition_id)
    )
