"""What the people of the demonstration say to each other about its complaints, and the files they show each other."""

from collections.abc import Callable, Iterable, Mapping
from importlib import resources
from io import BytesIO

from sqlalchemy.orm import Session

from engine.extensions import Actor
from processes import comments, watchers
from processes.demo.cases import Act, Case
from processes.tables.cases import Complaint
from processes.uploads import Received, Sent, Uploads

Files = Mapping[str, Received]
Talk = Callable[[Session, Complaint, Actor, Act, Files], None]


def keep(uploads: Uploads, cases: Iterable[Case]) -> Files:
    """Keep every file that is shown, by the name it is shown under."""
    wanted = {shown: file for case in cases for act in case.said for shown, file in act.files.items()}
    folder = resources.files("processes.demo").joinpath("files")
    kept: dict[str, Received] = {}
    for shown, file in wanted.items():
        content = BytesIO(folder.joinpath(file).read_bytes())
        (kept[shown],) = uploads.receive([Sent(name=shown, content=content)])
    return kept


def _comment(session: Session, complaint: Complaint, actor: Actor, act: Act, files: Files) -> None:
    watchers.watch(session, complaint, actor.id)  # as the page proposes
    text = act.values["text"].replace("@owner", f"@{complaint.case_owner}")
    comments.add(session, complaint, text, actor=actor, files=[files[shown] for shown in act.files])


def _watch(session: Session, complaint: Complaint, actor: Actor, _act: Act, _files: Files) -> None:
    watchers.watch(session, complaint, actor.id)


TALK: Mapping[str, Talk] = {"comment": _comment, "watch": _watch}
