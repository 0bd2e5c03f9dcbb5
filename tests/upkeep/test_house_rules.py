"""The house rules of design.md that a machine can hold. Each failure lists the places."""

import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from tests.upkeep import sources

MODULE_LINES = 300
CLOCK_READERS = re.compile(r"(^|\.)(datetime|date)\.(now|utcnow|today)$|^time\.(time|time_ns|localtime|gmtime)$")
QUERY_MAKERS = ("select", "insert", "update", "delete", "text", "func")
OWN = ("engine", "processes", "api", "diagrams")
DOORS = ("api/v1/", "api/pages/")


def test_imports_point_down() -> None:
    # A process of its own: import-linter turns off the loggers of the process it runs in, and other tests read them.
    linter = Path(sys.executable).with_name("lint-imports")
    asked = subprocess.run(
        [linter, "--config", sources.ROOT / "pyproject.toml"], cwd=sources.ROOT, capture_output=True, text=True, check=False
    )
    assert asked.returncode == 0, asked.stdout


def test_engine_bpmn_knows_only_errors_and_the_clock_of_the_engine() -> None:
    allowed = ("engine.bpmn", "engine.errors", "engine.clock")
    wrong = [
        f"{path}:{line} imports {name}"
        for path, tree in sources.modules().items()
        if path.startswith("engine/bpmn/")
        for name, line in sources.imports(tree)
        if name.split(".")[0] == "engine" and not name.startswith(allowed)
    ]
    assert wrong == []


def test_what_the_product_imports_is_there_without_the_tools_of_development() -> None:
    script = sources.ROOT / ".ci" / "runtime_requirements.py"
    printed = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True).stdout
    there = set(re.findall(r"^([\w.-]+)==", printed, re.MULTILINE))
    distributions = metadata.packages_distributions()
    wrong = [
        f"{path}:{line} imports {name}"
        for path, tree in sources.modules().items()
        for name, line in sources.imports(tree)
        if (top := name.partition(".")[0]) not in (*sys.stdlib_module_names, *OWN)
        and not {re.sub(r"[-_.]+", "-", one).lower() for one in distributions.get(top, [])} & there
    ]
    assert wrong == []


def test_the_two_doors_hold_no_query() -> None:
    wrong = [
        f"{path}:{line} imports {name}"
        for path, tree in sources.modules().items()
        if path.startswith(DOORS)
        for name, line in sources.imports(tree)
        if name.startswith("sqlalchemy.") and name.rpartition(".")[2] in QUERY_MAKERS
    ]
    assert wrong == []


def test_a_module_is_read_in_one_sitting() -> None:
    lengths = {path: len((sources.ROOT / path).read_text().splitlines()) for path in sources.modules()}
    assert {path: lines for path, lines in lengths.items() if lines > MODULE_LINES} == {}


def test_only_the_unit_of_work_commits() -> None:
    wrong = [
        f"{path}:{line}"
        for path, tree in sources.modules().items()
        if path != "engine/database.py"
        for name, line in sources.calls(tree)
        if name.endswith(".commit")
    ]
    assert wrong == []


def test_only_the_clock_reads_the_time() -> None:
    wrong = [
        f"{path}:{line} calls {name}"
        for path, tree in sources.modules().items()
        if path != "engine/clock.py"
        for name, line in sources.calls(tree)
        if CLOCK_READERS.search(name)
    ]
    assert wrong == []


def test_no_test_sleeps() -> None:
    slept = re.compile(r"\btime\.sleep\(|\bwait_for_timeout\(")
    tests = (sources.ROOT / "tests").rglob("*.py")
    wrong = [str(path.relative_to(sources.ROOT)) for path in tests if path != Path(__file__) and slept.search(path.read_text())]
    assert wrong == []


def test_no_registry_address_and_no_machine_path_is_kept() -> None:
    address = re.compile(r'"resolved": *"http|registry *= *"?http|--(extra-)?index-url[ =]+http|--find-links|^--trusted-host', re.M)
    home = re.compile(rf"{re.escape(str(sources.ROOT.parent))}/|/home/[a-z]+/|/Users/[a-z]+/")
    wrong = [
        path
        for path, text in sources.committed_texts()
        if path not in ("Makefile", "tests/upkeep/test_house_rules.py") and (address.search(text) or home.search(text))
    ]
    assert wrong == []
