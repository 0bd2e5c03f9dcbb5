"""The words of the decision tables that came with deployments, for those who show why a decision was what it was."""

from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn import decision_words
from engine.bpmn.decision_words import TableWords
from engine.tables import DeploymentResource, Resource

__all__ = ["TableWords", "of_deployments"]

CACHED_FILES = 256

_files: dict[str, Mapping[str, TableWords]] = {}  # by the SHA-256 of the file: never stale


def of_deployments(session: Session, deployment_ids: Collection[str]) -> dict[tuple[str, str], TableWords]:
    """The tables of these deployments by deployment and decision: one statement, and one more for files that are new here."""
    rows = session.execute(
        select(DeploymentResource.deployment_id, DeploymentResource.name, DeploymentResource.sha256).where(
            DeploymentResource.deployment_id.in_(deployment_ids), DeploymentResource.name.endswith(".dmn", autoescape=True)
        )
    ).all()
    files = _read(session, {sha256: name for _, name, sha256 in rows})
    return {(deployment, decision): words for deployment, _, sha256 in rows for decision, words in files[sha256].items()}


def _read(session: Session, names: Mapping[str, str]) -> dict[str, Mapping[str, TableWords]]:
    known = {sha256: found for sha256 in names if (found := _files.get(sha256)) is not None}
    new = names.keys() - known.keys()
    if new:
        contents = session.execute(select(Resource.sha256, Resource.content).where(Resource.sha256.in_(new)))
        known |= {sha256: decision_words.read(names[sha256], content) for sha256, content in contents}
        if len(_files) + len(new) > CACHED_FILES:
            _files.clear()
        _files.update(known)
    return known
