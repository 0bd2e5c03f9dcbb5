"""Hostile and broken XML: refused in a sentence, at once, with the line."""

import time

import pytest

from engine.bpmn.xml import MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS, line_of, safe_root
from engine.errors import InvalidDeployment, Problem

LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
BILLION_LAUGHS = b'<!DOCTYPE a [<!ENTITY l0 "ha">' + LAUGHS + b']><a b="&l9;">&l9;</a>'
OTHER_FILE = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>'
OTHER_HOST = b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>'


def refusal(content: bytes) -> Problem:
    with pytest.raises(InvalidDeployment) as refused:
        safe_root("x.bpmn", content)
    (problem,) = refused.value.problems
    assert (problem.file, problem.rule, problem.severity) == ("x.bpmn", "xml", "error")
    return problem


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b"", 1, "the file is empty or no XML"),
        (b"plain text", 1, "this is no XML"),
        (b"<a>\n<b></a>", 2, "Opening and ending tag mismatch"),
        (b"<a>\n<b>&nbsp;</b></a>", 2, "an entity that is not part of XML"),
        (b"<!DOCTYPE a><a/>", 1, "remove the <!DOCTYPE ...> line"),
        (BILLION_LAUGHS, 1, "entities"),
        (OTHER_FILE, 1, "DOCTYPE"),
        (OTHER_HOST, 1, "DOCTYPE"),
        (b"<a>" * (MAX_DEPTH + 1) + b"</a>" * (MAX_DEPTH + 1), 1, "nested more than 100 deep"),
        (b"<a>" * 5000 + b"</a>" * 5000, 1, "nested more than 100 deep"),
        (b"<a>" + b"<b/>" * MAX_ELEMENTS + b"</a>", 1, "more than 50,000 elements"),
        (b"<a/>" + b" " * MAX_BYTES, None, "the limit is 2,000,000"),
        ("<a>中</a>".encode("gbk"), 1, "Invalid bytes"),
    ],
)
def test_what_is_broken_or_hostile_is_refused_in_a_sentence(content: bytes, line: int | None, words: str) -> None:
    problem = refusal(content)
    assert problem.line == line
    assert words in problem.message
    assert problem.message.endswith(".")


@pytest.mark.parametrize("content", [BILLION_LAUGHS, OTHER_FILE, OTHER_HOST, b"<a>" * 600_000])
def test_an_attack_is_ended_within_50_ms(content: bytes) -> None:
    before = time.process_time()
    refusal(content)
    assert time.process_time() - before < 0.05


def test_comments_and_instructions_are_dropped_and_lines_stay_right() -> None:
    root = safe_root("x.bpmn", b'<?xml version="1.0"?>\n<!-- one\n-->\n<a>\n<?do it?><!-- two\n-->\n<b\n  c="1"\n  d="2"/>\n</a>')
    assert [(one.tag, line_of(one)) for one in root.iter()] == [("a", 4), ("b", 7)]


def test_entities_of_xml_itself_and_other_encodings_are_read() -> None:
    assert safe_root("x.bpmn", b"<a>1 &lt; 2 &amp;&#20013;</a>").text == "1 < 2 &中"
    assert safe_root("x.bpmn", '<?xml version="1.0" encoding="gbk"?><a>中</a>'.encode("gbk")).text == "中"
    assert safe_root("x.bpmn", '<?xml version="1.0"?><a>中</a>'.encode("utf-16")).text == "中"
