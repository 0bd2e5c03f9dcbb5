"""Every attack at every place whose text is evaluated: refused when it is deployed, or ended with a sentence when it runs."""

from typing import Any

import pytest

from engine.bpmn import execution
from engine.bpmn.compiler import compile_files, load_specification
from engine.bpmn.execution import CalledRef, Context, Specification
from engine.errors import ExecutionFailed, InvalidDeployment, NotFound
from tests.engine.bpmn.doors import DOORS, Files

VARIABLES: dict[str, Any] = {"a": 5, "b": [1], "text": "abc", "data": {"x": 1}}
NESTED = 39
ATTACKS = {
    "a module": "__import__('os').system('id')",
    "a class": "().__class__.__bases__[0].__subclasses__()",
    "the world of a function": "now.__globals__['clock']",
    "a method as a value": "text.upper",
    "eval": "eval('1')",
    "a file": "open('/etc/passwd').read()",
    "an attribute by name": "getattr(a, '__class__')",
    "a format": "'{0.__class__}'.format(a)",
    "a format of data": "'{a.__class__}'.format_map(data)",
    "a format with %": "'%(x)s' % data",
    "an f-text": "f'{a.__class__}'",
    "a wide f-text": "f'{1:999999999}'",
    "a function of its own": "(lambda f: f(f))(lambda f: f(f))",
    "an assignment": "(z := [z])",
    "an end of the program": "exit()",
    "a power": "7 ** 20000000",
    "powers of powers": "2 ** 10 ** 9",
    "a shift": "1 << 10 ** 9",
    "a long text": "'x' * 10 ** 9",
    "a long list": "[0] * 10 ** 9",
    "lists of lists": "[[[0] * 9999] * 9999] * 9999",
    "a growing text": "'x'.replace('x', 'x' * 99999).replace('x', 'x' * 99999)",
    "a range": "range(10 ** 9)",
    "a sum": "sum([sum(range(9999)) for i in range(9999)])",
    "loops in loops": "[j for i in range(1000) for j in range(1000)]",
    "a function again and again": "[now() for i in range(99999)]",
    "a time beyond the calendar": "date('9999-12-31') + timedelta(days=9999999)",
    "brackets": "(" * 10_000 + "1" + ")" * 10_000,
    "signs": "-" * 10_000 + "1",
    "a long sum": "1 + " * 100_000 + "1",
    "a long number": "9" * 10_000,
    "a number without a name": "'\\N{no such name}'",
    "a null character": "'\\x00' + text",
    "FEEL that doubles": "=" + "(" * NESTED + "a" + " in < 5)" * NESTED,
    "FEEL that triples": "=" + "(" * NESTED + "a" + " in (1, 2, 3))" * NESTED,
    "FEEL that is long": "=" + "1, " * 100_000 + "1",
    "FEEL in loops": "=for i in range(9999) return for j in range(9999) return j",
    "a class of Java": "${a.getClass().forName('java.lang.Runtime')}",
    "a type of Java": "#{T(java.lang.Runtime).getRuntime()}",
}


def _unknown(reference: CalledRef) -> tuple[str, Specification]:
    raise NotFound(kind="process", id=reference.key)


def outcome(files: Files) -> list[str]:
    """The sentences in which the files are refused, or the process fails; none when it does not."""
    try:
        compiled = compile_files(files, functions=frozenset({"now"}))
    except InvalidDeployment as refusal:
        return [problem.message for problem in refusal.problems]
    specification = load_specification(compiled.processes[0].specification)
    context = Context(functions={"now": lambda: "2026-03-09T01:00:00Z"}, resolve=_unknown, specification=lambda _: specification)
    try:
        execution.start("p", VARIABLES, context).dump()
    except ExecutionFailed as failure:
        return [str(failure)]
    return []


@pytest.mark.parametrize("door", DOORS)
def test_a_door_lets_in_what_is_harmless(door: str) -> None:
    harmless = {
        "loop condition": "False",
        "cell of a table, ours": "5",
        "cell of a table, FEEL": "5",
        "list of instances": "b",
        "payload": "data",
        "date of a timer": "now()",
        "transformation": "data",
        "assignment": "data",
    }
    durations = {"duration of a timer": "'PT1H'", "cycle of a timer": "'R3/PT1H'"}
    said = outcome(DOORS[door]((harmless | durations).get(door, "1")))
    assert said == []


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_comes_through_no_door(attack: str) -> None:
    for door, files in DOORS.items():
        said = outcome(files(ATTACKS[attack]))
        assert said, door
        for sentence in said:
            assert len(sentence) < 3_000, (door, sentence[:200])
            assert not {"Traceback", "Error(", "OverflowError", "object at 0x", "SpiffWorkflow"} & set(sentence.split()), (door, sentence)


@pytest.mark.parametrize("count", ["10 ** 9", "99999999999999999999", "-1", "1.5", "'many'", "True", "10001", "None", "[1]"])
def test_the_number_of_instances_is_a_small_whole_number(count: str) -> None:
    assert outcome(DOORS["number of instances"](count))


@pytest.mark.parametrize(
    "time",
    [
        "P99999999999D",
        "PT" + "9" * 400 + "S",
        "P" + "9" * 30 + "Y",
        "R" + "9" * 4000 + "/PT1H",
        "R" + "9" * 5000 + "/PT1H",
        "R/PT0.0000001S",
        "0001-01-01T00:00+14:00",
        "9999-12-31T23:59-14:00",
        "P" + "1" * 100_000,
    ],
)
@pytest.mark.parametrize("door", ["date of a timer", "duration of a timer", "cycle of a timer"])
def test_a_time_that_no_calendar_has_is_said_to_be_none(door: str, time: str) -> None:
    assert outcome(DOORS[door](time))
    if len(time) < 1000:
        assert outcome(DOORS[door](repr(time)))


@pytest.mark.parametrize(
    "script",
    ["break", "continue", "x = dict(a=1, a=2)", "\n".join(f"{' ' * n}for i in b:" for n in range(21)) + f"\n{' ' * 21}x = i"],
)
def test_what_only_the_compiler_refuses_is_refused_in_a_sentence(script: str) -> None:
    said = outcome(DOORS["script"](f"1\n{script}"))
    assert any("not a script" in sentence for sentence in said)


def test_a_table_of_many_slow_cells_is_ended() -> None:
    slow = "sum([len([0] * 99999) for i in range(40)]) > ?"
    rules = "".join(
        f'<rule id="r{n}"><inputEntry id="c{n}"><text>{slow.replace(">", "&lt;")}</text></inputEntry>'
        f'<outputEntry id="v{n}"><text>1</text></outputEntry></rule>'
        for n in range(400)
    )
    files = dict(DOORS["cell of a table, ours"]("-"))
    head, _, tail = files["d.dmn"].decode().partition("<rule")
    files["d.dmn"] = (head.replace('"UNIQUE"', '"COLLECT"') + rules + tail[tail.index("</rule>") + 7 :]).encode()
    assert any("takes longer than 2 seconds" in sentence for sentence in outcome(files))


def test_a_name_that_is_not_there_is_not_compared_with_long_ones() -> None:
    names = "".join(chr(0x4E00 + n) for n in range(9_000))
    said = outcome({**DOORS["script"](f"{names}x")})
    assert any("There is no variable" in sentence and len(sentence) < 500 for sentence in said)
