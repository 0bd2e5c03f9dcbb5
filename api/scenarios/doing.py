"""The requests of a scenario: register, complete, message, start, operate. Each gives the refusal, if there was one."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from werkzeug.test import TestResponse

from api.scenarios.looks import PROCESSES, Look, open_tasks, split_task
from api.scenarios.reader import Step
from api.scenarios.vocabulary import AT
from api.scenarios.world import World, account_of, service
from engine.tables import UserTask
from processes.sla_time import ZONE
from processes.whole_case import WholeCase

PUBLIC = ("customer", "agent", "anonymous")
NOT_SENT = frozenset({"case", "complete", "missing"})
CHOOSES = ("action", "department", "visit_type")
MOST_TRIES = 4
WITHOUT_SAMPLES = ("complete", "missing")
REGISTER = "register"
KNOWN_OF_CASE = (
    *("channel", "content", "demand", "business_type", "order_no", "contract_no", "product_code", "complained_object", "claim_amount"),
    *("phone", "email", "address"),
)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a request: the status and the code of a refusal, or None; `wrong`: the step could not be done at all."""

    status: int
    code: str | None = None
    sentence: str | None = None
    wrong: str | None = None


DONE = Outcome(status=200)


@dataclass
class Doer:
    """Does steps. Remembers which case is which letter, and the codes the public door gave out."""

    world: World
    file: str
    samples: Mapping[str, Mapping[str, Any]]
    letters: dict[str, str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    posted: list[str] = field(default_factory=list)

    def token(self, by: str) -> str | None:
        """The key of this person's token; None at the public door."""
        if by.partition(":")[0] in PUBLIC:
            return None
        account = account_of(by)
        if account not in self.world.tokens:
            self.world.tokens[account] = service(self.world.database, by)
        return account

    def do(self, step: Step, look: Look) -> Outcome:
        """Make the request of a step. Looks (`service`, `incident`, `gw_x calls Pn`) make none."""
        verb = step.do.split()[0]
        if step.do == "POST /api/complaints":
            return self._register(step)
        if step.do.startswith("POST /api/ops"):
            return self._operate(step, look)
        doing: dict[str, Callable[[Step, Look], Outcome]] = {"complete": self._complete, "message": self._message, "start": self._start}
        return doing[verb](step, look) if verb in doing else DONE

    def case_of(self, step: Step, look: Look) -> WholeCase | None:
        """Rule 7: the letter of the data, else the only case in which the person can do it, else the one posted last."""
        letter = step.data.get("case")
        if letter is not None:
            return look.cases.get(self.letters.get(str(letter), ""))
        if step.do.startswith("complete"):
            process, element = split_task(step.do.split()[1])
            able = [case for case in look.cases.values() if open_tasks(case, element, process)]
            if len(able) > 1:
                able = [case for case in able if any(self._may(step.by, one) for one in open_tasks(case, element, process))]
            if len(able) == 1:
                return able[0]
        return look.cases.get(self.posted[-1]) if self.posted else None

    def _register(self, step: Step) -> Outcome:
        public = self.token(step.by) is None
        body = self._sent(step)
        if public and not any(name in step.data for name in WITHOUT_SAMPLES):
            body = {**self._sample(REGISTER, body, anonymous=step.by == "anonymous"), **body}
        if step.by == "anonymous":
            body.setdefault("anonymous", True)
        answer = self.world.request("POST", "/complaints", by=self.token(step.by), body=body)
        if answer.status_code == 201:
            self.posted.append(_json(answer)["reference"])
            self.codes[_json(answer)["reference"]] = _json(answer)["code"]
        return _outcome(answer)

    def _sample(self, form: str, given: Mapping[str, Any], *, anonymous: bool) -> dict[str, Any]:
        found = dict(self.samples.get(form, {}))
        personal = {"name", "phone", "email", "preferred_contact"} if anonymous else {"phone"} if "email" in given else set()
        if given.get("business_type", found.get("business_type")) not in ("goods", "finance") or "contract_no" in given:
            personal = personal | {"order_no"}
        return {name: value for name, value in found.items() if name not in personal}

    def _complete(self, step: Step, look: Look) -> Outcome:
        case = self.case_of(step, look)
        process, element = split_task(step.do.split()[1])
        if case is None:
            return Outcome(status=404, wrong="there is no case for it")
        task = self._task(step, open_tasks(case, element, process))
        if task is None:
            opened = sorted(one.element_id for one in case.tasks if one.state == "open")
            return Outcome(status=404, wrong=f"no open task {element} for {step.by}; open are {', '.join(opened) or 'none'}")
        by = self.token(step.by)
        if task.assignee is None or task.assignee != by:
            claimed = self.world.request("PUT", f"/user-tasks/{task.id}/assignment", by=by, body={})
            if claimed.status_code >= 300:
                return _outcome(claimed)
        values = self._sent(step)
        known = self._known(case, by) if element == "ut_register" else {}
        return self._answer(task.id, task.form_key or element, values, by=by, known=known)

    def _answer(
        self, task_id: str, form: str, values: Mapping[str, Any], *, by: str | None, known: Mapping[str, Any] = MappingProxyType({})
    ) -> Outcome:
        """Fill the form in and send it. Lists of the form are written in files as lists of words or as a map."""
        schema = _json(self.world.request("GET", f"/user-tasks/{task_id}/form", by=by)).get("form") or {}
        rows = _lists(schema.get("components", ()))
        given = {name: _rows(value, rows[name]) if name in rows else value for name, value in values.items()}
        return self._filled(f"/user-tasks/{task_id}/completion", {"values": given}, "values", form=form, by=by, rows=rows, known=known)

    def _known(self, case: WholeCase, by: str | None) -> dict[str, Any]:
        """What the screen shows already filled in: the fields of the complaint."""
        answer = self.world.request("GET", f"/complaints/{case.reference}", by=by)
        if answer.status_code != 200:
            return {}
        found = {name: _json(answer)[name] for name in KNOWN_OF_CASE if _json(answer).get(name) is not None}
        name = _json(answer).get("customer_name")
        return {**found, **({"name": name} if name else {})}

    def _task(self, step: Step, found: list[UserTask]) -> UserTask | None:
        if len(found) > 1:
            wanted = [str(step.data[name]) for name in CHOOSES if name in step.data]
            found = [one for one in found if any(_is(one, name) for name in wanted)] or found
        if len(found) > 1:
            found = [one for one in found if self._may(step.by, one)] or found
        return found[0] if found else None

    def _may(self, by: str, task: UserTask) -> bool:
        answer = self.world.request("GET", f"/user-tasks/{task.id}", by=self.token(by))
        return answer.status_code == 200 and any(
            one["name"] in ("claim", "complete") and one["allowed"] for one in _json(answer)["actions"]
        )

    def _filled(
        self,
        path: str,
        body: dict[str, Any],
        part: str,
        *,
        form: str,
        by: str | None,
        rows: Mapping[str, Sequence[str]] = MappingProxyType({}),
        known: Mapping[str, Any] = MappingProxyType({}),
    ) -> Outcome:
        """Send; what is refused for want of a field the step does not give is sent again with the sample's."""
        given, sample = dict(body[part]), {**self.samples.get(form, {}), **known}
        for _ in range(MOST_TRIES):
            answer = self.world.request("POST", path, by=by, body={**body, part: given})
            wanted = {name for name in _missing(answer, part) if name not in given and name in sample}
            if not wanted:
                break
            given |= {name: _rows(_sendable(self._now(sample[name])), rows.get(name, ())) for name in wanted}
        return _outcome(answer)

    def _now(self, value: Any) -> Any:
        """`now` and `tomorrow` in a sample: the minute and the day after the step's."""
        now = self.world.time().astimezone(ZONE)
        return {"now": f"{now:%Y-%m-%dT%H:%M}", "tomorrow": f"{now + timedelta(days=1):%Y-%m-%d}"}.get(str(value), value)

    def _message(self, step: Step, look: Look) -> Outcome:
        case, name = self.case_of(step, look), step.do.split()[1]
        if case is None:
            return Outcome(status=404, wrong="there is no case for it")
        by = self.token(step.by)
        body: dict[str, Any] = {"id": f"{self.file}-{step.n}", "name": name, "payload": self._sent(step)}
        if by is None:
            body["code"] = self.codes.get(case.reference, "")
        return self._filled(f"/complaints/{case.reference}/messages", body, "payload", form=name, by=by)

    def _start(self, step: Step, look: Look) -> Outcome:
        case = self.case_of(step, look)
        process, key = PROCESSES[step.do.split()[1]], step.do.split()[2]
        by = self.token(step.by)
        variables = {"complaint_id": case.complaint.id} if case else {}
        answer = self.world.request(
            "POST",
            "/process-instances",
            by=by,
            body={"definition_key": process, "business_key": case.reference if case else key, "variables": variables},
        )
        if answer.status_code >= 300:
            return _outcome(answer)
        self.world.tick()
        tasks = self.world.request("GET", f"/user-tasks?root_id={_json(answer)['id']}", by=by)
        first = _json(tasks)["items"][0]
        self.world.request("PUT", f"/user-tasks/{first['id']}/assignment", by=by, body={})
        return self._answer(first["id"], first["form_key"], self._sent(step), by=by)

    def _operate(self, step: Step, look: Look) -> Outcome:
        _, element = split_task(str(step.data.get("element", "")))
        incident = next((one for one in look.incidents if one.state == "open" and one.element_id == element), None)
        action = step.do.rpartition("/")[2]
        if incident is None:
            return Outcome(status=404, wrong=f"there is no open incident of {element}")
        if action not in ("retry", "resend"):
            return Outcome(status=404, wrong=f"{action} is not one of the actions of an incident yet")
        reason = str(step.data.get("reason", "played by a scenario"))
        return _outcome(self.world.request("POST", f"/incidents/{incident.id}/retry", by=self.token(step.by), body={"reason": reason}))

    def _sent(self, step: Step) -> dict[str, Any]:
        found = {name: _sendable(value) for name, value in step.data.items() if name not in NOT_SENT}
        older = found.get("duplicate_of")
        return found | ({"duplicate_of": self.letters.get(older, older)} if older is not None else {})


def _lists(components: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """The lists of a form with the names of their columns."""
    found: dict[str, list[str]] = {}
    for one in components:
        inner = one.get("components", ())
        if one.get("type") == "dynamiclist":
            found[one["path"]] = [str(column["key"]) for column in inner if "key" in column]
        else:
            found |= _lists(inner)
    return found


def _rows(value: Any, columns: Sequence[str]) -> Any:
    """`{QA: 80}` and `[repair]` as rows of a list."""
    if isinstance(value, dict) and len(columns) > 1:
        return [{columns[0]: name, columns[1]: one} for name, one in value.items()]
    if isinstance(value, list) and columns:
        return [one if isinstance(one, dict) else {columns[0]: one} for one in value]
    return value


def _is(task: UserTask, name: str) -> bool:
    """Whether a task is the one for this action or department."""
    value = (task.item or {}).get("value")
    return name in (value.get("type"), value.get("id"), value.get("department")) if isinstance(value, dict) else value == name


def _sendable(value: Any) -> Any:
    """Minutes of a file are local time."""
    if isinstance(value, str) and re.fullmatch(AT, value):
        return f"{value}:00+08:00"
    if isinstance(value, dict):
        return {name: _sendable(one) for name, one in value.items()}
    return [_sendable(one) for one in value] if isinstance(value, list) else value


def _json(answer: TestResponse) -> dict[str, Any]:
    return answer.json or {}


def _missing(answer: TestResponse, part: str) -> set[str]:
    if answer.status_code != 422:
        return set()
    pointers = [str(one.get("pointer") or "") for one in _json(answer).get("errors", ())]
    return {pointer.removeprefix(f"/{part}").removeprefix("/").partition("/")[0] for pointer in pointers}


def _outcome(answer: TestResponse) -> Outcome:
    if answer.status_code >= 300:
        said = _json(answer)
        sentence = "; ".join([str(said.get("detail")), *(f"{one.get('pointer')}: {one.get('message')}" for one in said.get("errors", ()))])
        codes = [str(one.get("code")) for one in said.get("errors", ())]
        code = str(said.get("code"))
        return Outcome(
            status=answer.status_code, code=code if not codes or code in codes else f"{code} {' '.join(codes)}", sentence=sentence
        )
    incident = (_json(answer)).get("incident") if answer.data else None
    if incident:
        return Outcome(status=answer.status_code, wrong=f"the step behind it failed: {incident['element_id']}: {incident['message']}")
    return Outcome(status=answer.status_code)
