"""The command line: everything an installation needs before somebody can sign in."""

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api import cli, demo
from engine import apart, apart_limits
from engine.database import open_database, reading
from processes.tables.people import Membership
from tests.api.conftest import DIAGRAMS


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Commands":
    """Commands on an installation of their own, in an empty folder."""
    monkeypatch.setenv("REDRESS_DATABASE_URL", f"sqlite:///{tmp_path / 'redress.db'}")
    monkeypatch.setenv("REDRESS_MAIL_URL", str(tmp_path / "letters"))
    return Commands(tmp_path)


class Commands:
    """Runs `redress ...`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *arguments: str, typed: str = "") -> Result:
        """Run a command, typing this."""
        return CliRunner().invoke(cli.main, arguments, input=typed)


def test_a_database_that_is_not_up_to_date_is_not_touched(run: Commands) -> None:
    result = run("deploy", str(DIAGRAMS))
    assert result.exit_code == 1
    assert "redress db upgrade" in result.output


def test_a_port_in_use_is_said_before_anything_is_filled(run: Commands) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = run("serve", "--demo", "--port", str(taken.getsockname()[1]))
    assert (result.exit_code, "in use. Choose another one with --port or REDRESS_PORT." in result.output) == (1, True), result.output
    assert not (run.folder / "redress.db").exists()


def test_an_account_is_added_and_is_asked_for_its_password(run: Commands) -> None:
    assert run("db", "upgrade").exit_code == 0
    result = run("user", "add", "wang", "--role", "team_lead", "--role", "ops", typed="correct horse\ncorrect horse\n")
    assert (result.exit_code, "wang can sign in as team_lead, ops" in result.output) == (0, True), result.output
    database = open_database(f"sqlite:///{run.folder / 'redress.db'}")
    with reading(database) as session:
        assert {row.group for row in session.query(Membership).filter_by(account_id="wang")} == {"team_lead", "ops"}
    database.close()


def test_a_wrong_account_is_refused_with_a_sentence(run: Commands) -> None:
    run("db", "upgrade")
    short = run("user", "add", "wang", "--role", "ops", "--password", "short")
    assert (short.exit_code, "A password has 10 to 200 characters." in short.output) == (1, True)
    run("user", "add", "wang", "--role", "ops", "--password", "correct horse")
    twice = run("user", "add", "wang", "--role", "ops", "--password", "correct horse")
    assert (twice.exit_code, "There is an account 'wang' already." in twice.output) == (1, True)
    assert run("user", "add", "li", "--role", "king", "--password", "correct horse").exit_code == 2


def test_a_folder_is_deployed_and_the_same_folder_changes_nothing(run: Commands) -> None:
    run("db", "upgrade")
    assert "errand version 1 is live" in run("deploy", str(DIAGRAMS), "--note", "first").output
    assert "errand version 1 was live already as it is" in run("deploy", str(DIAGRAMS)).output


def test_a_folder_is_deployed_alone_with_tables_that_are_live_in_another(run: Commands) -> None:
    run("db", "upgrade")
    assert "escalation_ladder" in run("deploy", str(demo.DIAGRAMS / "sla_watch")).output
    assert "sla_watch version 1 is live" in run("deploy", str(demo.DIAGRAMS)).output
    assert "sla_watch version 1 was live already as it is" in run("deploy", str(demo.DIAGRAMS / "sla_watch")).output


def test_problems_are_printed_one_a_line_with_their_place(run: Commands) -> None:
    run("db", "upgrade")
    typo = run.folder / "errand.bpmn"
    typo.write_text((DIAGRAMS / "errand.bpmn").read_text().replace("100 / parts", "100 /"))
    result = run("deploy", str(typo), str(DIAGRAMS / "errand.form"))
    line = next(one for one in result.output.splitlines() if one.startswith("errand.bpmn:"))
    assert result.exit_code == 1
    assert line.split()[1] == "divide"
    told = [one for one in result.output.splitlines() if one.startswith(("warning: ", "errand."))]
    assert told == sorted(told, key=lambda one: not one.startswith("warning: ")), "what stops it is read last"


def test_files_that_cannot_be_checked_are_refused_in_a_sentence(run: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    run("db", "upgrade")
    apart.end_all()  # a new worker takes longer to begin than it is given here
    with monkeypatch.context() as limits:
        limits.setattr(apart_limits, "WALL_SECONDS", 0.01)
        result = run("deploy", str(DIAGRAMS))
    assert result.exit_code == 1
    assert "too_costly These files want more than" in result.output
    assert "errand version 1 is live" in run("deploy", str(DIAGRAMS)).output


def test_what_another_tool_wrote_is_printed_and_does_not_stop_the_deployment(run: Commands) -> None:
    run("db", "upgrade")
    drawn, old = run.folder / "errand.bpmn", '<bpmn:scriptTask id="divide"'
    written = f'{old} xmlns:camunda="http://camunda.org/schema/1.0/bpmn" camunda:asyncBefore="true"'
    drawn.write_text((DIAGRAMS / "errand.bpmn").read_text().replace(old, written))
    result = run("deploy", str(drawn), str(DIAGRAMS / "errand.form"))
    assert result.exit_code == 0
    assert "divide" in next(line for line in result.output.splitlines() if "camunda:asyncBefore is not read." in line)
    assert "errand version 1 is live" in result.output


def test_a_dry_run_deploys_nothing(run: Commands) -> None:
    run("db", "upgrade")
    checked = run("deploy", str(DIAGRAMS), "--dry-run")
    assert (checked.exit_code, "Nothing was changed. These can be deployed: " in checked.output) == (0, True)
    assert "errand version 1 is live" in run("deploy", str(DIAGRAMS)).output


def test_a_folder_without_diagrams_is_a_mistake(run: Commands) -> None:
    run("db", "upgrade")
    result = run("deploy", str(run.folder))
    assert (result.exit_code, "There is no .bpmn file" in result.output) == (1, True)


def test_the_demonstration_fills_an_empty_database_once(run: Commands) -> None:
    assert "Filled with the demonstration." in run("db", "fill").output
    assert "There are accounts already; nothing was changed." in run("db", "fill").output
