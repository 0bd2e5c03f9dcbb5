"""What stands in the elements: expressions, scripts, forms, topics, tables, attributes. One word is changed in each case."""

import json
import re
from pathlib import Path

import pytest

from engine.bpmn import checks
from engine.bpmn.checks import attributes
from engine.errors import Problem
from tests.engine.bpmn.checks.deployment import FUNCTIONS, GOOD, changed, line_of, run


def one(old: str, new: str, *, rule: str, file: str = "good.bpmn") -> Problem:
    """The one problem of this rule."""
    found = [problem for problem in changed(old, new, file=file) if problem.rule == rule]
    assert len(found) == 1, found
    assert found[0].file == file
    return found[0]


@pytest.mark.parametrize(
    ("old", "new", "element", "at"),
    [
        ("band &gt; 1 and answer", "band &gt; and answer", "to_inside", "<bpmn:conditionExpression xsi"),
        ("vote == 'no'", "vote == ", "inside", "<bpmn:completionCondition"),
        ("working_time('PT8H')", "workingtime('PT8H')", "ask", '<bpmn:userTask id="ask"'),
        (">PT8H</", ">PT8X</", "late", "<bpmn:timeDuration"),
        (">P3D</", "></", "waited", ">P3D<"),
        ("total = amount + 10", "total = amount +", "count", "total = amount"),
        ("total = amount + 10", "import os", "count", "total = amount"),
        ("total = amount + 10", "total = open('x')", "count", "<bpmn:script>"),
        ('"=approver"', '"=approver["', "check", '<bpmn:userTask id="check"'),
        ('correlationKey="amount"', 'correlationKey="amount +"', "answered_definition", "<bpmn:messageEventDefinition"),
    ],
)
def test_what_does_not_compile_is_refused_on_its_line(old: str, new: str, element: str, at: str) -> None:
    problem = one(old, new, rule="expressions")
    assert (problem.element, problem.line, problem.severity) == (element, line_of(at), "error")
    assert problem.message.endswith((".", "?"))


def test_a_misspelt_function_is_refused_with_the_right_one() -> None:
    assert "working_time" in one("working_time('PT8H')", "workingtime('PT8H')", rule="expressions").message


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("working_time('PT8H')", "working_time('8 hours')", "write hours as PT8H"),
        ("working_time('PT8H')", "working_time('P1M')", "write hours as PT8H"),
        ("working_time('PT8H')", "PT8H", "working_time('PT8H') for an instant"),
    ],
)
def test_working_time_is_written_as_a_duration(old: str, new: str, words: str) -> None:
    problem = one(old, new, rule="durations")
    assert (problem.element, problem.line) == ("ask", line_of('<bpmn:userTask id="ask"'))
    assert words in problem.message


@pytest.mark.parametrize(("cell", "words"), [("'PT8X'", "'PT8X' is no working time"), ("PT8H", "write 'PT8H' in quotes")])
def test_a_table_that_gives_a_working_time_gives_one_that_can_be_read(cell: str, words: str) -> None:
    diagram = GOOD["good.bpmn"].replace(b"working_time('PT8H')", b"working_time(band)")
    table = GOOD["band.dmn"].replace(b"<text>1</text>", f"<text>{cell}</text>".encode())
    found = [problem for problem in run({**GOOD, "good.bpmn": diagram, "band.dmn": table}) if problem.severity == "error"]
    assert [(problem.rule, problem.file, problem.element) for problem in found] == [("durations", "band.dmn", "small_output")]
    assert found[0].message.startswith("Row 1, band: ") and words in found[0].message
    assert found[0].line == line_of("<text>1</text>", file="band.dmn")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('expressionLanguage="urn:redress:expression:1"', 'expressionLanguage="http://www.java.com/javaTypes"'),
        ('scriptFormat="urn:redress:expression:1"', 'scriptFormat="javascript"'),
        ('scriptFormat="urn:redress:expression:1"', ""),
    ],
)
def test_another_language_is_refused(old: str, new: str) -> None:
    assert "urn:redress:expression:1" in one(old, new, rule="languages").message


def test_a_script_task_without_a_script_is_refused() -> None:
    script = "<bpmn:script>tries = 1\ntotal = amount + 10</bpmn:script>"
    assert one(script, "", rule="scripts").element == "count"
    assert "keep one" in one(script, script + script, rule="scripts").message


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("<bpmn:flowNodeRef>ask</bpmn:flowNodeRef>", "", "put it into a lane"),
        ('id="check" redress:candidateGroups="=approver" redress:formKey="ask"', 'id="check" redress:formKey="aks"', "Did you mean 'ask'?"),
    ],
)
def test_a_user_task_has_somebody_and_a_form(old: str, new: str, words: str) -> None:
    assert words in one(old, new, rule="user_tasks").message


def test_a_user_task_without_a_form_is_a_warning() -> None:
    assert one('redress:candidateGroups="=approver" redress:formKey="ask"', 'redress:assignee="u"', rule="user_tasks").severity == "warning"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('redress:topic="good.remind" ', "", "Known are: good.pay, good.remind."),
        ('redress:topic="good.remind"', 'redress:topic="good.remnid"', "Did you mean 'good.remind'?"),
        ("0s,PT1M", "0s,1M", "'1M' in retries is no duration"),
        ("0s,PT1M", "P1M", "'P1M' in retries is no duration"),
        ("0s,PT1M", ",".join(["PT1M"] * 21), "21 retries are too many"),
    ],
)
def test_a_service_task_has_a_served_topic_and_readable_retries(old: str, new: str, words: str) -> None:
    problem = one(old, new, rule="service_tasks")
    assert words in problem.message
    assert problem.element == "remind"


def test_any_topic_is_good_when_none_are_known() -> None:
    text = GOOD["good.bpmn"].replace(b"good.remind", b"anything")
    assert not [problem for problem in checks.run({**GOOD, "good.bpmn": text}, functions=FUNCTIONS) if problem.rule == "service_tasks"]


@pytest.mark.parametrize(
    ("new", "words"), [("", "names no decision"), ('redress:decisionRef="bnad"', "is in no DMN file of this deployment")]
)
def test_a_business_rule_task_names_a_decision_of_the_deployment(new: str, words: str) -> None:
    assert words in one('redress:decisionRef="band"', new, rule="decision_references").message


def test_a_decision_is_there_once() -> None:
    found = [problem for problem in run({**GOOD, "more.dmn": GOOD["band.dmn"]}) if problem.severity == "error"]
    assert [(problem.rule, problem.file) for problem in found] == [("decision_references", "more.dmn")]


@pytest.mark.parametrize(
    ("old", "new", "element", "words"),
    [
        ('"UNIQUE"', '"BEST"', "band_table", "There is no hit policy BEST"),
        ('"UNIQUE"', '"UNIQUE" aggregation="SUM"', "band_table", "The aggregation SUM does not exist here"),
        ('"UNIQUE"', '"COLLECT" aggregation="AVERAGE"', "band_table", "takes SUM, MIN, MAX, COUNT"),
        ('"UNIQUE"', '"PRIORITY"', "band_table", "needs the output values in their order"),
        ("</inputExpression>", "</inputExpression><inputValues><text>1 +</text></inputValues>", "band_input", "<inputValues> of the input"),
        ('name="band" typeRef="number" />', 'name="band"><defaultOutputEntry><text>1 +</text></defaultOutputEntry></output>',
         "band_output", "<defaultOutputEntry> of the output"),
        ("<text>amount</text>", "<text>amount +</text>", "band_input", "The input 'Amount' is refused"),
        ("? &lt;= 200", "? &lt;= ", "small_input", "Row 1, input 1 is refused"),
        ("? &lt;= 200", "[1..200]", "small_input", "Row 1, input 1 is refused"),
        ("round(amount / 200, 0)", "rond(amount / 200, 0)", "large_output", "no function 'rond'"),
        ("round(amount / 200, 0)", "", "large_output", "may not be empty"),
        ("<text>round(amount / 200, 0)</text>", "", "large_output", "has no <text>"),
        ("round(amount / 200, 0)", "? / 200", "large_output", "name the variable instead"),
        ('name="band" typeRef', 'name="the band" typeRef', "band_output", "needs the name of a variable"),
        ('<output id="band_output" label="Band" name="band" typeRef="number" />', "", "band_table", "at least one output and one rule"),
        ("<decisionTable ", '<informationRequirement id="asks"><requiredDecision href="#bnad" /></informationRequirement><decisionTable ',
         "band", "Did you mean 'band'?"),
        ("<decisionTable ", '<informationRequirement id="asks"><requiredDecision href="#band" /></informationRequirement><decisionTable ',
         "band", "require each other"),
        ("<decisionTable ", '<knowledgeRequirement id="knows" /><decisionTable ', "knows", "Business knowledge models"),
        ("<rule id=\"small\">", '<shape name="x" /><rule id="small">', "band_table", "<shape>"),
    ],
)  # fmt: skip
def test_decision_tables_hold_only_what_is_executed(old: str, new: str, element: str, words: str) -> None:
    found = [problem for problem in changed(old, new, file="band.dmn") if problem.rule == "decision_tables"]
    assert [problem.element for problem in found if words in problem.message] == [element], found
    assert all(problem.file == "band.dmn" and problem.line for problem in found)


def test_a_row_with_a_missing_cell_is_refused() -> None:
    cell = re.search(r'\n *<outputEntry id="small_output">.*?</outputEntry>', GOOD["band.dmn"].decode(), re.DOTALL)
    assert cell
    assert "Row 1 has 0 of 1 output cells" in one(cell.group(), "", rule="decision_tables", file="band.dmn").message


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('calledElement="other"', 'calledElement=" "', "calls nothing"),
        ('binding="latest"', 'binding="newest"', "choose latest, deployment, version"),
        ('binding="latest"', 'binding="version"', "takes both"),
        ('binding="latest"', 'binding="version" redress:version="three"', "no number of a version"),
    ],
)
def test_a_call_names_what_it_calls(old: str, new: str, words: str) -> None:
    assert words in one(old, new, rule="calls").message


@pytest.mark.parametrize(
    ("old", "new", "element"),
    [
        (' messageRef="answer_message"', "", "answered"),
        (' errorCode="REFUSED"', "", "refused_error"),
    ],
)
def test_messages_and_errors_have_a_name(old: str, new: str, element: str) -> None:
    assert one(old, new, rule="messages").element == element


@pytest.mark.parametrize(
    ("old", "new", "severity", "words"),
    [
        ("<bpmn:loopDataInputRef>approvers</bpmn:loopDataInputRef>", "", "error", "does not say over what"),
        (
            "<bpmn:loopDataInputRef>approvers</bpmn:loopDataInputRef>",
            "<bpmn:loopDataInputRef>aprovers</bpmn:loopDataInputRef>",
            "warning",
            "drop",
        ),
        ('<bpmn:outputDataItem id="vote" name="vote" />', "", "error", "outputDataItem"),
        ('isSequential="true"', 'isSequential="true" behavior="One"', "error", "is not there"),
    ],
)
def test_a_multi_instance_activity_says_over_what_and_what_becomes_of_it(old: str, new: str, severity: str, words: str) -> None:
    found = [problem for problem in changed(old, new) if problem.rule == "loops"]
    assert [problem.severity for problem in found if words in problem.message] == [severity], found


def test_a_loop_without_an_end_is_refused() -> None:
    call = '<bpmn:callActivity id="call" calledElement="other" redress:binding="latest" />'
    loop = call.replace(" />", "><bpmn:standardLoopCharacteristics /></bpmn:callActivity>")
    assert "would never end" in one(call, loop, rule="loops").message


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("redress:dueDate=", "redress:duedate=", "Did you mean 'dueDate'?"),
        ("redress:topic=", 'redress:formKey="ask" redress:topic=', "it belongs on: userTask."),
        ("redress:topic=", 'redress:returns="some" redress:topic=', "redress:returns is 'some'; choose all, outputs."),
        ("level:number, customer", "level:int, customer", "'level:int' is no search attribute"),
        ("level:number, customer", ",".join(f"a{n}" for n in range(13)), "13 search attributes are too many"),
    ],
)
def test_attributes_that_would_be_ignored_are_refused(old: str, new: str, words: str) -> None:
    problem = one(old, new, rule="attributes")
    assert words in problem.message
    assert problem.severity == "error"


def test_what_a_modeler_notes_about_itself_is_no_problem() -> None:
    root = 'id="good_definitions"'
    noted = f'{root} xmlns:modeler="http://camunda.org/schema/modeler/1.0" modeler:executionPlatform="Camunda Cloud"'
    assert changed(root, noted) == ()


@pytest.mark.parametrize(
    ("old", "new", "element", "words"),
    [
        ("band &gt; 1 and answer", "bnad &gt; 1 and answer", "to_inside", "Did you mean 'band'?"),
        ("total = amount + 10", "total = amuont + 10", "count", "Did you mean 'amount'?"),
        ("working_time('PT8H')", "working_time(somewhen)", "ask", "nothing in this process sets it"),
        (">P3D</", ">patience</", "waited", "reads 'patience'"),
    ],
)
def test_a_variable_that_nothing_sets_is_a_warning(old: str, new: str, element: str, words: str) -> None:
    problem = one(old, new, rule="variables")
    assert (problem.element, problem.severity) == (element, "warning")
    assert words in problem.message


def test_a_variable_that_a_table_reads_and_nothing_sets_is_a_warning() -> None:
    found = [problem for problem in changed("<text>amount</text>", "<text>amunt</text>", file="band.dmn") if problem.rule == "variables"]
    assert [(problem.element, problem.file) for problem in found] == [("decide", "good.bpmn")]
    assert "Did you mean 'amount'?" in found[0].message


def test_missing_chinese_names_and_documentation_are_warnings() -> None:
    found = [problem for problem in checks.run(GOOD, functions=FUNCTIONS) if problem.rule == "names"]
    assert {problem.severity for problem in found} == {"warning"}
    assert {"good", "lane_clerk", "begin", "ask", "band"} <= {problem.element for problem in found}


def test_the_attributes_a_modeler_knows_are_those_that_are_checked() -> None:
    moddle = json.loads((Path(__file__).parents[4] / "diagrams" / "redress.moddle.json").read_text("utf-8"))
    known = {name["name"] for kind in moddle["types"] for name in kind["properties"]}
    assert known == set(attributes.KNOWN)


def test_every_attribute_is_explained_to_process_owners() -> None:
    guide = (Path(__file__).parents[4] / "diagrams" / "README.md").read_text("utf-8")
    assert [name for name in attributes.KNOWN if f"`{name}`" not in guide] == []
