"""Whole cases through the real application: the files beside the diagrams, and the runner's own honesty."""

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from api.cli import main
from api.cli_scenarios import STORY
from api.scenarios import player, reader
from api.scenarios.report import Report
from engine.errors import Invalid
from tests import postgresql

ROOT = Path(__file__).parents[2]
FILES = sorted(set((ROOT / "diagrams").glob("*/scenarios/*.yaml")) - {STORY})
SAMPLES = yaml.safe_load((Path(__file__).parent / "samples.yaml").read_text("utf-8"))
RUDE_CLERK = ROOT / "diagrams" / "complaint_handling" / "scenarios" / "rude_clerk.yaml"
WITHDRAWAL = ROOT / "diagrams" / "complaint_handling" / "scenarios" / "evidence_and_withdrawal.yaml"


def _play(*paths: Path, server: postgresql.Server | None, reload: bool = False) -> Report:
    report = Report()
    url = server.url.render_as_string(hide_password=False) if server is not None else None
    player.play(paths, report, samples=SAMPLES, postgresql=url, reload=reload)
    return report


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_case_goes_as_its_file_says(path: Path, postgresql_server: postgresql.Server | None) -> None:
    assert _play(path, server=postgresql_server).differences == []


def test_a_restart_before_every_step_changes_nothing(postgresql_server: postgresql.Server | None) -> None:
    assert _play(WITHDRAWAL, server=postgresql_server, reload=True).differences == []


def test_what_is_not_as_the_file_says_is_told_with_file_step_and_key(tmp_path: Path, postgresql_server: postgresql.Server | None) -> None:
    content = yaml.safe_load(WITHDRAWAL.read_text("utf-8"))
    content["steps"][0]["expect"] |= {"status": "CLOSED", "DMN-02": "DL/DL-LATE", "sent": ["T-FINAL"]}
    content["steps"][7]["expect"] |= {"open": []}
    content["final"]["procedure_ended_at"] = "2026-06-01T14:01"
    content["kpi"]["first_response_minutes"] = 61
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    told = {(one.file, one.step, one.key) for one in _play(wrong, server=postgresql_server).differences}
    assert told == {
        *(("wrong.yaml", "step 1", key) for key in ("status", "DMN-02", "sent")),
        ("wrong.yaml", "step 8", "open"),
        ("wrong.yaml", "final", "procedure_ended_at"),
        ("wrong.yaml", "kpi", "first_response_minutes"),
    }


@pytest.mark.parametrize(
    ("where", "change"),
    [
        ("step 1", {"do": "POST /api/case"}),
        ("step 1", {"by": "somebody"}),
        ("step 1", {"at": "yesterday"}),
        ("step 1", {"expect": {"mood": "good"}}),
        ("step 1", {"expect": {"level": "high"}}),
        ("step 1", {"wait": 5}),
    ],
)
def test_a_form_or_key_that_does_not_exist_is_refused_before_anything_is_played(
    tmp_path: Path, where: str, change: dict[str, object]
) -> None:
    content = yaml.safe_load(RUDE_CLERK.read_text("utf-8"))
    content["steps"][0] |= change
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    with pytest.raises(Invalid) as refused:
        reader.read(wrong)
    assert [one.element for one in refused.value.problems][:1] == [where]


def test_a_listed_disagreement_is_counted_and_no_difference() -> None:
    listed = [{"file": "SC-99.yaml", "step": 3, "key": "level", "why": "processes.md says otherwise"}]
    report = Report(disagreements=listed)
    report.add("SC-99.yaml", "step 3", "level", expected=1, found=2)
    report.add("SC-99.yaml", "step 4", "level", expected=1, found=2)
    assert (len(report.excused), [one.step for one in report.differences], report.good) == (1, ["step 4"], False)
    assert not Report(disagreements=listed * 6).good


def test_the_demonstration_tells_how_a_missed_deadline_is_made_good() -> None:
    told = CliRunner().invoke(main, ["demo"])
    assert told.exit_code == 0, told.output
    wanted = ("DEADLINE MISSED", "ESCALATION to tier 2", "decides: reassign", "MEDIATION", "payment of 7,000.00 (order 1): confirmed")
    places = [told.output.find(text) for text in (*wanted, "CLOSING -> CLOSED")]
    assert -1 not in places and places == sorted(places)
