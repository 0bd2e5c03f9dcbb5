"""A demonstration to start with: the diagrams deployed, people with one shown password, complaints in every stage."""

from pathlib import Path

from sqlalchemy import select

from api import accounts
from engine import clock, deployments
from engine.database import Database, reading, unit_of_work
from engine.extensions import Actor, of
from processes import demo
from processes.tables.people import Account
from processes.uploads import Uploads

PASSWORD = "redress-demo"  # of every account of the demonstration; shown on its sign-in page, worth nothing elsewhere
DIAGRAMS = Path(__file__).parent.parent / "diagrams"
INSTALLER = Actor(id="installer", name="installer")
SHOWN = (  # one for each kind of user: account and role
    ("u_intake1", "intake_agent"),
    ("u_owner1", "case_owner"),
    ("u_lead1", "team_lead"),
    ("u_mgr_qa", "dept_manager"),
    ("u_cm1", "complaint_manager"),
    ("u_exec1", "executive"),
    ("u_legal1", "legal"),
    ("u_fin1", "finance_clerk"),
    ("u_fin2", "finance_checker"),
    ("u_med1", "mediator"),
    ("u_rv1", "return_visitor"),
    ("u_po1", "process_owner"),
    ("u_ops1", "ops"),
    ("u_admin1", "admin"),
)
DOES = {  # what each of them finds to do
    "u_intake1": "registers and triages what comes in",
    "u_owner1": "handles cases from acceptance to filing",
    "u_lead1": "supervises late cases, approves small compensations",
    "u_mgr_qa": "reviews solutions, steps in when a case of Quality is late",
    "u_cm1": "weighs responsibility, names mediators, supervises what is very late",
    "u_exec1": "is called when somebody was hurt",
    "u_legal1": "gives legal opinions",
    "u_fin1": "checks and prepares payments",
    "u_fin2": "releases payments somebody else prepared",
    "u_med1": "mediates",
    "u_rv1": "asks customers how it went",
    "u_po1": "changes the diagrams and decision tables",
    "u_ops1": "keeps every case moving: incidents, retries, assignments",
    "u_admin1": "looks after accounts, deputies, calendars and letters",
}
SUFFIXES = (".bpmn", ".dmn", ".form")


def fill(database: Database, uploads: Uploads) -> bool:
    """Fill an empty database; says whether it was empty. No scheduler may run on it meanwhile."""
    with reading(database) as session:
        if session.scalar(select(Account.id).limit(1)) is not None:
            return False
        extensions = of(session)
    password_hash = accounts.hashed(PASSWORD)  # one hash for all: hashing is slow, and this password is no secret
    prepared = deployments.prepare(everything(), extensions=extensions)
    with unit_of_work(database) as session:
        deployments.deploy(session, prepared, INSTALLER, note="The diagrams Redress comes with.")
    demo.fill(database, now=clock.now(), uploads=uploads)
    with unit_of_work(database) as session:
        for account_id in session.scalars(select(Account.id)):
            accounts.set_password(session, account_id, password_hash=password_hash)
    return True


def everything() -> dict[str, bytes]:
    """All files in diagrams/ as one deployment: processes find each other's decisions and forms."""
    return {name: content for files in folders(DIAGRAMS).values() for name, content in files.items()}


def folders(path: Path) -> dict[Path, dict[str, bytes]]:
    """The files of each process below a path, named from its folder on: a folder that holds a .bpmn file is one process."""
    found = sorted({file.parent for file in path.rglob("*.bpmn")})
    return {folder: _files(folder) for folder in found if not any(other in folder.parents for other in found)}


def _files(folder: Path) -> dict[str, bytes]:
    inside = sorted(file for file in folder.rglob("*") if file.suffix in SUFFIXES)
    return {str(file.relative_to(folder.parent)): file.read_bytes() for file in inside}
