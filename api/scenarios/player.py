"""Plays files: time goes from due instant to due instant, then the step is done, then everything is compared."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from api.scenarios import ending, looks, telling, world
from api.scenarios.comparing import Window, compare
from api.scenarios.doing import Doer, Outcome
from api.scenarios.looks import Look
from api.scenarios.reader import Outage, Scenario, Step, instant, minute, read
from api.scenarios.report import Report
from api.scenarios.vocabulary import SLA_TIMER
from api.scenarios.watching import look_at
from api.scenarios.world import World

MOST_INSTANTS = 5000
REFUSED = 300  # a status from here on
LOOKS_ONLY = ("service", "incident", "gw_")


def play(
    paths: Sequence[Path],
    report: Report,
    *,
    samples: Mapping[str, Mapping[str, Any]],
    postgresql: str | None = None,
    reload: bool = False,
    tell: Callable[[str], None] | None = None,
) -> None:
    """Play files one after the other, each in an empty company. All are read before the first is played. `tell` gets the story."""
    scenarios = [read(path) for path in paths]
    with world.factory(postgresql=postgresql) as factory:
        for number, scenario in enumerate(scenarios):
            play_in(factory, scenario, report, number=number, samples=samples, reload=reload, tell=tell)


def play_in(
    factory: world.Factory,
    scenario: Scenario,
    report: Report,
    *,
    samples: Mapping[str, Mapping[str, Any]],
    number: int = 0,
    reload: bool = False,
    tell: Callable[[str], None] | None = None,
    down: Outage | None = None,
) -> None:
    """Play one scenario in an empty company of the factory, which has one of each number at a time.

    While `down`, between two steps, the scheduler does not run: what falls due then happens afterwards.
    """
    with factory.world(number, profile=scenario.profile, outages=scenario.outages, users=scenario.users) as made:
        _Play(scenario=scenario, world=made, report=report, samples=samples, reload=reload, tell=tell, down=down).run()


@dataclass
class _Play:
    """One file on its way."""

    scenario: Scenario
    world: World
    report: Report
    samples: Mapping[str, Mapping[str, Any]]
    reload: bool
    tell: Callable[[str], None] | None = None
    down: Outage | None = None
    doer: Doer = field(init=False)
    last: Look = field(init=False)
    before_last: Look = field(init=False)
    fired: Look | None = None  # what the timers since the last step left behind

    def __post_init__(self) -> None:
        self.doer = Doer(world=self.world, file=self.scenario.file, samples=self.samples)
        start = self.scenario.steps[0].at if self.scenario.steps else None
        if start is not None:
            self.world.time.move_to(start - timedelta(minutes=1))
        self.last = self.before_last = looks.take(self.world.database)

    def run(self) -> None:
        """All steps, then the end."""
        for step in self.scenario.steps:
            self._until(step.at)
            self.world.time.move_to(step.at)
            if self.reload:
                self.world.reload()
            self._step(step)
        self._end()

    def _until(self, at: datetime) -> None:
        """Everything due before `at` fires at its own instant."""
        for _ in range(MOST_INSTANTS):
            due = self.world.next_due()
            awake = None if due is None else self._awake(max(due, self.world.time()))
            if awake is None or awake >= at:
                return
            self._fire(awake)
        raise RuntimeError(f"{self.scenario.file}: more than {MOST_INSTANTS} instants before {minute(at)}")

    def _awake(self, at: datetime) -> datetime:
        """When the scheduler, which may be down, looks at what is due at an instant."""
        return self.down.until if self.down is not None and self.down.since <= at < self.down.until else at

    def _fire(self, at: datetime) -> None:
        expected = self._timers_at(at)
        before = self.fired or self.last
        self.world.time.move_to(at)
        self.world.tick()
        self.fired = after = looks.take(self.world.database)
        self._effects(expected, before, after)
        self._tell(before, after)

    def _tell(self, before: Look, after: Look) -> None:
        if self.tell is not None:
            for line in telling.lines(before, after):
                self.tell(line)

    def _timers_at(self, at: datetime) -> list[Mapping[str, Any]]:
        """Timers of the file at this minute whose effect is a map."""
        found = [one for one in self.scenario.timers or () if one["at"] == minute(at) and not SLA_TIMER.fullmatch(str(one["timer"]))]
        return [one for one in found if isinstance(one["effect"], dict)]

    def _effects(self, expected: list[Mapping[str, Any]], before: Look, after: Look) -> None:
        window = Window(before=before, after=after, since=before, payments=self.world.doors.paid, letters=self.doer.letters)
        for timer in expected:
            for key, wanted, found in compare(timer["effect"], window, self._main(after)):
                self.report.add(self.scenario.file, f"timers_fired {timer['timer']}", key, expected=wanted, found=found)

    def _step(self, step: Step) -> None:
        before = replace(self.fired or self.last, at=self.world.time())  # nothing has happened since
        case = self.doer.case_of(step, before)
        reference = case.reference if case is not None else None
        outcome = self.doer.do(step, before)
        self.world.tick()
        after = looks.take(self.world.database)
        if step.do == "POST /api/complaints":
            reference = self.doer.posted[-1] if self.doer.posted else None
        number = step.expect.get("complaint_no")
        if number not in (None, "allocated") and reference is not None:
            self.doer.letters[str(number)] = reference
        self._tell(before, after)
        if self.tell and outcome.status >= REFUSED:
            self.tell(telling.refusal(after.at, step.by, outcome.sentence or ""))
        self._outcome(step, outcome)
        self._tell_incidents(step, after)
        self._compare(step, before, after, reference)
        if "http" in step.expect and reference is not None:
            self._unchanged(step, before, after, reference)
        timers = self._timers_at(step.at)
        if timers:
            self._effects(timers, before, after)
        self.before_last, self.last, self.fired = before, after, None

    def _outcome(self, step: Step, outcome: Outcome) -> None:
        where, file = f"step {step.n}", self.scenario.file
        if outcome.wrong is not None:
            self.report.add(file, where, "do", expected=f"{step.by}: {step.do}", found=outcome.wrong)
            return
        wanted = step.expect.get("http")
        refused = outcome.status >= REFUSED
        if wanted is None and refused:
            found = f"{outcome.status} {outcome.code}: {outcome.sentence}"
            self.report.add(file, where, "do", expected=f"{step.by}: {step.do}", found=found)
        if wanted is not None and outcome.status != wanted:
            self.report.add(file, where, "http", expected=wanted, found=f"{outcome.status} {outcome.code or ''}".strip())
        error = step.expect.get("error")
        if error is not None and refused and error.split()[0] not in (outcome.code or "").split():
            self.report.add(file, where, "error", expected=error, found=outcome.code)

    def _tell_incidents(self, step: Step, after: Look) -> None:
        """An incident is no difference by itself, but it explains those that follow."""
        known = {one.id for one in self.last.incidents}
        for one in after.incidents:
            if one.id not in known:
                self.report.remarks.append(f"{self.scenario.file} step {step.n}: incident at {one.element_id}: {one.message}")

    def _unchanged(self, step: Step, before: Look, after: Look, reference: str) -> None:
        """What was refused has changed nothing."""
        for part, facts in looks.facts(after.cases[reference]).items():
            former = looks.facts(before.cases[reference])[part]
            if former != facts:
                self.report.add(self.scenario.file, f"step {step.n}", f"http {part}", expected="nothing changed", found=facts)

    def _compare(self, step: Step, before: Look, after: Look, reference: str | None) -> None:
        looking = step.by == "system" or step.do.startswith(LOOKS_ONLY)
        window = Window(
            before=self.before_last if looking else before,
            after=after,
            since=self.before_last if looking else self.last,
            payments=self.world.doors.paid,
            letters=self.doer.letters,
            incident_id=self._incident(step, before),
        )
        case = after.cases.get(reference or "")
        found = list(look_at(step.do, step.data, window, case)) if case is not None and looking else []
        found += compare(step.expect, window, reference)
        for key, wanted, there in found:
            self.report.add(self.scenario.file, f"step {step.n}", key, expected=wanted, found=there)
        if "note" in step.expect:
            self.report.remarks.append(f"{self.scenario.file} step {step.n}: {step.expect['note']}")

    def _incident(self, step: Step, before: Look) -> str | None:
        """The incident an ops step speaks of."""
        _, element = looks.split_task(str(step.data.get("element", "")))
        return next((one.id for one in before.incidents if one.state == "open" and one.element_id == element), None)

    def _main(self, look: Look) -> str | None:
        """The case a part without letters speaks of: A, else the only one."""
        return self.doer.letters.get("A") or next(iter(look.cases), None)

    def _end(self) -> None:
        timers = self.scenario.timers or ()
        last = max((instant(str(one["at"])) for one in timers), default=None)
        if last is not None and last > self.world.time():
            self._until(last)
            self._fire(last)
        look = looks.take(self.world.database)
        reference = self._main(look)
        case = look.cases.get(reference or "")
        if case is None or reference is None:
            self.report.add(self.scenario.file, "end", "case", expected="a case", found="none")
            return
        complete = len(look.cases) == 1
        if self.scenario.clocks is not None:
            ending.clocks(self.report, self.scenario.file, self.scenario.clocks, case, complete=complete)
        if self.scenario.timers is not None:
            ending.timers(self.report, self.scenario.file, timers, case, look, complete=complete)
        ending.final(self.report, self.scenario.file, self.scenario.final, look, letters=self.doer.letters, reference=reference)
        ending.kpi(self.report, self.scenario.file, self.scenario.kpi, look, letters=self.doer.letters, reference=reference)
