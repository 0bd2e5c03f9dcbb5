"""Deployments: files checked, compiled and made live.

`prepare` parses, checks and compiles without a database, `prepare_upload` does the same with the files of strangers; `deploy`
stores the result in the caller's transaction: a whole deployment or nothing, and no new version for a process whose files did
not change.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, selectinload

from engine import called_processes, clock, definitions, inspection, operations, start_events
from engine.bpmn import compiler
from engine.bpmn.checks import other_tools
from engine.bpmn.checks.names import RULE as MISSING_WORDS
from engine.database import new_id
from engine.errors import Conflict, InvalidDeployment, NotFound, Problem
from engine.extensions import Actor, Extensions
from engine.tables import Deployment, DeploymentResource, ProcessDefinition, Resource


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
class Laid:
    """Changed files laid over those of a process, and the last deployment of that moment."""

    key: str
    files: Mapping[str, bytes]
    over: str | None


def prepare(files: Mapping[str, bytes], *, extensions: Extensions) -> Prepared:
    """Check and compile; raises InvalidDeployment with every problem found. Slow: call it outside a transaction."""
    return _prepared(files, inspection.inspect(files, frozenset(extensions.handlers) or None))


def prepare_upload(files: Mapping[str, bytes], *, extensions: Extensions) -> Prepared:
    """The same in a process of its own, under limits: for whatever comes from outside. Raises Conflict when too much comes."""
    return _prepared(files, inspection.inspect_apart(files, frozenset(extensions.handlers) or None))


def _prepared(files: Mapping[str, bytes], inspected: inspection.Inspected) -> Prepared:
    if inspected.compiled is None:
        raise InvalidDeployment(problems=inspected.problems)
    return Prepared(files=dict(files), compiled=inspected.compiled, warnings=inspected.problems)


def deploy(
    session: Session,
    prepared: Prepared,
    actor: Actor,
    *,
    note: str = "",
    laid: Laid | None = None,
    beside: frozenset[str] = frozenset(),
) -> Deployed:
    """Make new versions live for every process whose files changed; `beside` are made live in the same transaction.

    `laid`: where the files come from; Conflict when another deployment came in between, which these would undo.
    """
    called_processes.refuse_unknown(session, prepared.compiled, beside=beside)
    changed: list[tuple[compiler.CompiledProcess, str, ProcessDefinition | None]] = []
    unchanged: list[ProcessDefinition] = []
    for process in prepared.compiled.processes:
        digest = _digest(process, prepared)
        before = definitions.live_or_none(session, process.key, lock=True)
        if before is not None and before.digest == digest:
            unchanged.append(before)
        else:
            changed.append((process, digest, before))
    if laid is not None and _newest(session) != laid.over:
        raise Conflict(reason="somebody else deployed this process a moment ago; look at the new version and send your change again")
    if not changed:
        return Deployed(deployment=None, definitions=(), unchanged=unchanged)
    deployment = _store(session, prepared.files, actor, note=note)
    made = [_new_version(session, deployment, one, digest=digest, before=before) for one, digest, before in changed]
    versions_made = [f"{one.key}:{one.version}" for one in made]
    operations.record(session, "deploy", actor=actor, subject=deployment, reason=note or None, versions=versions_made)
    return Deployed(deployment=deployment, definitions=made, unchanged=unchanged)


def notes(files: Mapping[str, bytes], name: str, *, extensions: Extensions) -> Sequence[Problem]:
    """What is worth a look in the diagram `name` among the files of a version, what other tools wrote first, missing words last.

    None when it would be refused by now. Slow, so no transaction should be open.
    """
    try:
        found = prepare_upload(files, extensions=extensions).warnings
    except InvalidDeployment:
        return ()
    here = [one for one in found if one.file == name]
    return sorted(here, key=lambda one: (one.rule != other_tools.RULE, one.rule == MISSING_WORDS))


def _digest(process: compiler.CompiledProcess, prepared: Prepared) -> str:
    names = sorted({*process.uses, *_asked_by_programs(process, prepared)})
    parts = [process.key, *(f"{name} {hashlib.sha256(prepared.files[name]).hexdigest()}" for name in names)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _asked_by_programs(process: compiler.CompiledProcess, prepared: Prepared) -> list[str]:
    """Decision tables that no diagram asks are asked by programs: they belong to the process whose folder they are in.

    Of several processes in a folder it is the one with the name of the folder, else all.
    """
    folder = PurePath(process.resource_name).parent
    named_like_it = any(one.key == folder.name for one in prepared.compiled.processes)
    if named_like_it and process.key != folder.name:
        return []
    drawn = frozenset().union(*(one.uses for one in prepared.compiled.processes))
    return [name for name in prepared.files if name.endswith(".dmn") and name not in drawn and PurePath(name).parent == folder]


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


def lay_over(session: Session, key: str, changed: Mapping[str, bytes]) -> Laid:
    """The files a process is deployed with now, with the changed ones in their place.

    A changed file takes the place of the one with the same name, whatever folder it is in.
    """
    files = _live_files(session, definitions.live(session, key).resource_name)
    by_name = {name.rsplit("/", 1)[-1]: name for name in files}
    for name, content in changed.items():
        files[name if name in files else by_name.get(name.rsplit("/", 1)[-1], name)] = content
    return Laid(key=key, files=files, over=_newest(session))


def with_neighbours(session: Session, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """These files and what is live beside them: a folder that is deployed alone finds the tables of other folders."""
    drawings = [name for name in sorted(files) if name.endswith(".bpmn") and "/" in name]
    return {**(_live_files(session, *drawings) if drawings else {}), **files}


def _live_files(session: Session, *drawings: str) -> dict[str, bytes]:
    """The files of the newest live deployment with one of these drawings.

    Those of its neighbours (what stands in a folder is known by its path) are taken as they are live, whichever deployment
    brought them: nobody's change is undone by the next one.
    """
    deployed = (
        select(DeploymentResource.name, DeploymentResource.sha256, DeploymentResource.deployment_id)
        .join(ProcessDefinition, ProcessDefinition.deployment_id == DeploymentResource.deployment_id)
        .where(ProcessDefinition.live)
        .order_by(ProcessDefinition.created_at, ProcessDefinition.deployment_id)
    )
    rows = session.execute(deployed).all()
    base = next((one.deployment_id for one in reversed(rows) if one.name in drawings), None)
    hashes = {one.name: one.sha256 for one in rows if one.deployment_id == base}
    hashes |= {one.name: one.sha256 for one in rows if one.name in hashes and "/" in one.name}
    contents = dict(session.execute(select(Resource.sha256, Resource.content).where(Resource.sha256.in_(hashes.values()))).all())
    return {name: contents[sha256] for name, sha256 in sorted(hashes.items())}


def _newest(session: Session) -> str | None:
    """The deployment that made something live last."""
    newest_first = (ProcessDefinition.created_at.desc(), ProcessDefinition.deployment_id.desc())
    return session.scalars(select(ProcessDefinition.deployment_id).where(ProcessDefinition.live).order_by(*newest_first).limit(1)).first()


def get(session: Session, deployment_id: str) -> Deployment:
    """One deployment with the names of its files."""
    found = session.scalar(select(Deployment).where(Deployment.id == deployment_id).options(selectinload(Deployment.resources)))
    if found is None:
        raise NotFound(kind="deployment", id=deployment_id)
    return found
