"""What a play found: differences, each with file, step and key, and those the file is known to be wrong about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

MOST_DISAGREEMENTS = 5


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Something is not as the file says."""

    file: str
    step: str
    key: str
    expected: Any
    found: Any

    def __str__(self) -> str:
        return f"{self.file} {self.step} {self.key}: expected {self.expected!r}, found {self.found!r}"


@dataclass(kw_only=True)
class Report:
    """The differences of all files, and remarks to print."""

    disagreements: Sequence[Mapping[str, Any]] = ()
    differences: list[Difference] = field(default_factory=list)
    excused: list[Difference] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def add(self, file: str, step: str, key: str, *, expected: Any, found: Any) -> None:
        """Note one difference; one that is listed as a disagreement does not count."""
        one = Difference(file=file, step=step, key=key, expected=expected, found=found)
        (self.excused if self._listed(one) else self.differences).append(one)

    def _listed(self, one: Difference) -> bool:
        return any(
            entry["file"] == one.file and str(entry["step"]) in (one.step, one.step.removeprefix("step ")) and entry["key"] == one.key
            for entry in self.disagreements
        )

    @property
    def good(self) -> bool:
        """No difference, and not too many excuses."""
        return not self.differences and len(self.disagreements) <= MOST_DISAGREEMENTS

    def conclusion(self, *, files: int) -> list[str]:
        """How it went, in a line; and, where some lines are known to be wrong, how many of how many there may be."""
        lines = [f"{files} files played, {len(self.differences)} differences"]
        if self.disagreements:
            known = f"lines of the files known to be wrong: {len(self.disagreements)} (at most {MOST_DISAGREEMENTS})"
            lines.append(f"{known}; differences that therefore do not count: {len(self.excused)}")
        return lines


def disagreements(path: Path) -> list[Mapping[str, Any]]:
    """Lines of files that contradict the processes: file, step, key, why."""
    if not path.exists():
        return []
    return list(yaml.safe_load(path.read_text("utf-8")) or [])
