"""Whole cases through the real application: the files beside the diagrams, and the runner's own honesty."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from api.cli import main
from api.cli_scenarios import STORY
from api.scenarios import player, reader, world
from api.scenarios.reader import Outage, instant
from api.scenarios.report import Report
from api.scenarios.world import Factory
from engine.errors import Invalid
from tests import postgresql

ROOT = Path(__file__).parents[2]
FILES = sorted(set((ROOT / "diagrams").glob("*/scenarios/*.yaml")) - {STORY})
CASES = sorted((Path(__file__).parent / "scenarios").glob("SC-*.yaml"))
LATE_RESPONSE = Path(__file__).parent / "scenarios" / "SC-04.yaml"
SAMPLES = yaml.safe_load((Path(__file__).parent / "samples.yaml").read_text("utf-8"))
RUDE_CLERK = ROOT / "diagrams" / "complaint_handling" / "scenarios" / "rude_clerk.yaml"
WITHDRAWAL = ROOT / "diagrams" / "complaint_handling" / "scenarios" / "evidence_and_withdrawal.yaml"


@pytest.fixture(scope="module")
def factory(postgresql_server: postgresql.Server | None) -> Iterator[Factory]:
    url = postgresql_server.url.render_as_string(hide_password=False) if postgresql_server is not None else None
    with world.factory(postgresql=url) as made:
        yield made


def _play(path: Path, factory: Factory, *, reload: bool = False, down: Outage | None = None) -> Report:
    report = Report()
    player.play_in(factory, reader.read(path), report, samples=SAMPLES, reload=reload, down=down)
    return report


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_case_goes_as_its_file_says(path: Path, factory: Factory) -> None:
    assert _play(path, factory).differences == []


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_an_acceptance_case_goes_as_its_file_says(path: Path, factory: Factory) -> None:
    assert _play(path, factory).differences == []


def test_a_scheduler_that_was_down_for_a_day_fires_late_but_once_and_changes_no_result(factory: Factory) -> None:
    down = Outage(port="scheduler", since=instant("2026-04-03T17:15"), until=instant("2026-04-04T17:15"))
    late = "2026-04-04T17:15"
    told = _play(LATE_RESPONSE, factory, down=down).differences
    # Targets, due instants, results, letters, notifications, escalations, tasks and measures are as ever: only these instants are not.
    assert {(one.key, str(one.found)) for one in told if one.step == "clocks"} == {
        ("C-FIRST.fired", f"['80@{late}', '100@{late}']"),
        ("C-ENGAGE/manager.fired", f"['100@{late}']"),
    }
    fired = {(one.step, one.key, str(one.expected)) for one in told if one.step != "clocks"}
    thresholds = {"C-FIRST 80 %": "11:42", "C-FIRST 100 %": "16:30", "C-ENGAGE/manager 100 %": "16:30"}
    assert fired == {
        *((f"timers_fired {name}", "at", f"2026-04-04T{at}") for name, at in thresholds.items()),
        *((f"timers_fired {name}", "at", "not fired") for name in thresholds),
    }
    assert len(told) == 2 + 2 * len(thresholds)


@pytest.mark.long
@pytest.mark.once
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_an_acceptance_case_goes_the_same_when_everything_is_loaded_anew_before_every_step(path: Path, factory: Factory) -> None:
    assert _play(path, factory, reload=True).differences == []


def test_a_restart_before_every_step_changes_nothing(factory: Factory) -> None:
    assert _play(WITHDRAWAL, factory, reload=True).differences == []


def test_what_is_not_as_the_file_says_is_told_with_file_step_and_key(tmp_path: Path, factory: Factory) -> None:
    content = yaml.safe_load(WITHDRAWAL.read_text("utf-8"))
    content["steps"][0]["expect"] |= {"status": "CLOSED", "DMN-02": "DL/DL-LATE", "sent": ["T-FINAL"]}
    content["steps"][7]["expect"] |= {"open": []}
    content["final"]["procedure_ended_at"] = "2026-06-01T14:01"
    content["kpi"]["first_response_minutes"] = 61
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    told = {(one.file, one.step, one.key) for one in _play(wrong, factory).differences}
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
    known = "lines of the files known to be wrong: 1 (at most 5); differences that therefore do not count: 1"
    assert report.conclusion(files=9) == ["9 files played, 1 differences", known]
    assert not Report(disagreements=listed * 6).good
    assert Report().conclusion(files=2) == ["2 files played, 0 differences"]  # where nothing is known to be wrong, nothing is said of it


def test_the_demonstration_tells_how_a_missed_deadline_is_made_good() -> None:
    told = CliRunner().invoke(main, ["demo"])
    assert told.exit_code == 0, told.output
    wanted = ("DEADLINE MISSED", "ESCALATION to tier 2", "decides: reassign", "MEDIATION", "payment of 7,000.00 (order 1): confirmed")
    places = [told.output.find(text) for text in (*wanted, "CLOSING -> CLOSED")]
    assert -1 not in places and places == sorted(places)
