"""The diagrams in the repository are drawn well, by measure and not by taste: processes.md 2.7 and what makes a drawing readable."""

import json
import math
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from engine.bpmn.diagram import FLOW_NODES, SCOPES
from engine.bpmn.xml import DC, children, extension, is_bpmn, local, safe_root, text_of

DIAGRAMS = sorted((Path(__file__).parents[2] / "diagrams").glob("*/*.bpmn"))
TABLES = sorted((Path(__file__).parents[2] / "diagrams").glob("*/*.dmn"))
FORMS = sorted((Path(__file__).parents[2] / "diagrams").glob("*/forms/*.form"))

DI = "http://www.omg.org/spec/DD/20100524/DI"
GRID = 10
MOST_CROSSINGS = 3
CONTAINERS = SCOPES | {"lane", "participant"}
LABEL_FONT, TASK_FONT, LINE = 11, 12, 1.2  # what bpmn-js draws labels and task names with
TASK_PADDING = 10


@dataclass(frozen=True, kw_only=True)
class Box:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float

    def overlaps(self, other: "Box") -> bool:
        across = self.x < other.x + other.width and other.x < self.x + self.width
        return across and self.y < other.y + other.height and other.y < self.y + self.height

    def holds(self, other: "Box") -> bool:
        across = self.x <= other.x and other.x + other.width <= self.x + self.width
        return across and self.y <= other.y and other.y + other.height <= self.y + self.height

    def crossed_by(self, segment: "Segment") -> bool:
        """Whether a horizontal or vertical line runs through its inside; along the border is not through."""
        (x1, y1), (x2, y2) = segment
        left, right, top, bottom = min(x1, x2), max(x1, x2), min(y1, y2), max(y1, y2)
        return left < self.x + self.width and right > self.x and top < self.y + self.height and bottom > self.y


Point = tuple[float, float]
Segment = tuple[Point, Point]


class Drawing:
    """One BPMN file with its diagram interchange."""

    def __init__(self, path: Path) -> None:
        self.root = safe_root(path.name, path.read_bytes())
        self.model = {one.get("id", ""): one for one in self.root.iter("*") if is_bpmn(one) and one.get("id")}

    @cached_property
    def shapes(self) -> dict[str, Box]:
        return {one.get("bpmnElement", ""): _box(one) for one in self.root.iter("{*}BPMNShape")}

    @cached_property
    def edges(self) -> dict[str, list[Point]]:
        found = {}
        for one in self.root.iter("{*}BPMNEdge"):
            points = one.iterfind(f"{{{DI}}}waypoint")
            found[one.get("bpmnElement", "")] = [(float(point.get("x", "")), float(point.get("y", ""))) for point in points]
        return found

    @cached_property
    def labels(self) -> dict[str, Box]:
        found = {}
        for one in self.root.iter("{*}BPMNShape", "{*}BPMNEdge"):
            for label in one.iterfind("{*}BPMNLabel"):
                found[one.get("bpmnElement", "")] = _box(label)
        return found

    def kind(self, key: str) -> str:
        return local(self.model[key])

    def solid(self) -> Iterator[tuple[str, Box]]:
        """Shapes that nothing may run through: all but pools, lanes and sub-processes."""
        return ((key, box) for key, box in self.shapes.items() if self.kind(key) not in CONTAINERS)

    def drawable(self) -> Iterator[tuple[str, etree._Element]]:
        for key, one in self.model.items():
            if local(one) in FLOW_NODES | {"lane", "participant", "sequenceFlow"}:
                yield key, one


def _box(holder: etree._Element) -> Box:
    bounds = holder.find(f"{{{DC}}}Bounds")
    assert bounds is not None
    return Box(**{name: float(bounds.get(name, "")) for name in ("x", "y", "width", "height")})


@pytest.fixture(params=DIAGRAMS, ids=lambda path: path.stem)
def drawing(request: Any) -> Drawing:
    return Drawing(request.param)


def test_there_are_diagrams_to_look_at() -> None:
    assert DIAGRAMS and TABLES and FORMS


def test_everything_is_drawn_and_nothing_else(drawing: Drawing) -> None:
    drawn = set(drawing.shapes) | set(drawing.edges)
    assert drawn == {key for key, _ in drawing.drawable()}


def test_shapes_and_lines_keep_to_the_grid(drawing: Drawing) -> None:
    off = [key for key, box in drawing.shapes.items() for value in (box.x, box.y, box.width, box.height) if value % GRID]
    off += [key for key, points in drawing.edges.items() for point in points for value in point if value % GRID]
    assert off == []


def test_lines_are_horizontal_or_vertical(drawing: Drawing) -> None:
    assert [key for key, points in drawing.edges.items() for (a, b), (c, d) in pairwise(points) if a != c and b != d] == []


def test_lines_begin_and_end_on_the_border_of_their_shapes(drawing: Drawing) -> None:
    loose = []
    for key, points in drawing.edges.items():
        flow = drawing.model[key]
        for end, point in (("sourceRef", points[0]), ("targetRef", points[-1])):
            node = flow.get(end, "")
            if not _on_border(drawing.kind(node), drawing.shapes[node], point):
                loose.append((key, end))
    assert loose == []


def _on_border(kind: str, box: Box, point: Point) -> bool:
    x, y = point[0] - box.x - box.width / 2, point[1] - box.y - box.height / 2
    if kind.endswith("Event"):
        return math.isclose(math.hypot(x, y), box.width / 2, abs_tol=1)
    if kind.endswith("Gateway"):
        return math.isclose(abs(x) / box.width + abs(y) / box.height, 0.5, abs_tol=0.02)
    at_side = math.isclose(abs(x), box.width / 2) and abs(y) <= box.height / 2
    return at_side or (math.isclose(abs(y), box.height / 2) and abs(x) <= box.width / 2)


def test_no_line_runs_through_a_shape(drawing: Drawing) -> None:
    hits = [
        (key, node) for key, points in drawing.edges.items() for s in pairwise(points) for node, box in drawing.solid() if box.crossed_by(s)
    ]
    assert hits == []


def test_no_line_runs_through_a_sub_process_it_does_not_belong_to(drawing: Drawing) -> None:
    hits = []
    for node, box in drawing.shapes.items():
        if drawing.kind(node) in SCOPES:
            inside = {one.get("id") for one in drawing.model[node].iter("*")}
            hits += [
                (key, node) for key, points in drawing.edges.items() if key not in inside for s in pairwise(points) if box.crossed_by(s)
            ]
    assert hits == []


def test_no_line_runs_through_a_label(drawing: Drawing) -> None:
    hits = [
        (key, of)
        for key, points in drawing.edges.items()
        for s in pairwise(points)
        for of, box in drawing.labels.items()
        if box.crossed_by(s)
    ]
    assert hits == []


def test_shapes_do_not_overlap(drawing: Drawing) -> None:
    solid = [(key, box) for key, box in drawing.solid() if drawing.kind(key) != "boundaryEvent"]
    assert [(one, other) for (one, a), (other, b) in combinations(solid, 2) if a.overlaps(b)] == []


def test_labels_cover_nothing(drawing: Drawing) -> None:
    covered = [(of, key) for of, label in drawing.labels.items() for key, box in drawing.solid() if label.overlaps(box)]
    covered += [(one, other) for (one, a), (other, b) in combinations(drawing.labels.items(), 2) if a.overlaps(b)]
    containers = [(key, box) for key, box in drawing.shapes.items() if drawing.kind(key) in CONTAINERS]
    covered += [
        (of, key) for of, label in drawing.labels.items() for key, box in containers if label.overlaps(box) and not box.holds(label)
    ]
    assert covered == []


def test_lines_hardly_cross_each_other(drawing: Drawing) -> None:
    crossings = [
        (one, other)
        for (one, a), (other, b) in combinations(drawing.edges.items(), 2)
        for first in pairwise(a)
        for second in pairwise(b)
        if _meet(first, second) and not _part(first, second)
    ]
    assert len(crossings) <= MOST_CROSSINGS, crossings


def _meet(one: Segment, other: Segment) -> bool:
    """Whether two segments have a point in common; horizontal and vertical ones only."""
    (ax, bx), (ay, by) = sorted((one[0][0], one[1][0])), sorted((one[0][1], one[1][1]))
    (cx, dx), (cy, dy) = sorted((other[0][0], other[1][0])), sorted((other[0][1], other[1][1]))
    return ax <= dx and cx <= bx and ay <= dy and cy <= by


def _part(one: Segment, other: Segment) -> bool:
    """Whether two segments begin at one corner and go off at a right angle: a gateway has four corners and may have more flows."""
    return one[0] == other[0] and (one[0][0] == one[1][0]) != (other[0][0] == other[1][0])


def test_everything_lies_in_the_container_it_belongs_to(drawing: Drawing) -> None:
    outside = []
    for key, one in drawing.model.items():
        parent = one.getparent()
        if local(one) in FLOW_NODES - {"boundaryEvent"} and parent is not None and local(parent) in SCOPES:
            outside += [key] if not drawing.shapes[parent.get("id", "")].holds(drawing.shapes[key]) else []
        if local(one) == "lane":
            members = [(ref.text or "").strip() for ref in children(one, "flowNodeRef")]
            outside += [member for member in members if not drawing.shapes[key].holds(drawing.shapes[member])]
    assert outside == []


def test_names_fit_where_they_are_written_in_both_languages(drawing: Drawing) -> None:
    too_long = []
    for key, one in drawing.drawable():
        for text in (one.get("name", ""), extension(one, "nameZh") or ""):
            if not text or local(one) in CONTAINERS:
                continue
            if key in drawing.labels:
                box, font = drawing.labels[key], LABEL_FONT
                fits = _lines(text, box.width, font) * font * LINE <= box.height + 1
            else:
                box = drawing.shapes[key]
                fits = _lines(text, box.width - TASK_PADDING, TASK_FONT) * TASK_FONT * LINE <= box.height - 2 * TASK_PADDING
            too_long += [] if fits else [text]
    assert too_long == []


def _lines(text: str, width: float, font: int) -> int:
    lines, used = 1, 0.0
    for word in text.split(" "):
        needed = sum(font if unicodedata.east_asian_width(letter) in "WF" else font * 0.5 for letter in word)
        if used and used + font * 0.28 + needed > width:
            lines, used = lines + 1, needed
        else:
            used += needed + (font * 0.28 if used else 0)
        while used > width:
            lines, used = lines + 1, used - width
    return lines


def test_every_named_place_outside_a_box_has_a_placed_label(drawing: Drawing) -> None:
    outside = {key for key, one in drawing.drawable() if local(one).endswith(("Event", "Gateway", "Flow")) and one.get("name")}
    assert set(drawing.labels) == outside


def test_everything_has_both_names_and_both_documentations(drawing: Drawing) -> None:
    wanted = [one for one in drawing.model.values() if local(one) in FLOW_NODES | {"process", "lane", "participant"}]
    assert [one.get("id") for one in wanted if not (one.get("name") and extension(one, "nameZh"))] == []
    assert [one.get("id") for one in wanted if not (text_of(one, "documentation") and extension(one, "documentationZh"))] == []


def test_every_choice_is_named_in_both_languages(drawing: Drawing) -> None:
    unnamed = []
    for key, one in drawing.model.items():
        source = drawing.model.get(one.get("sourceRef", ""))
        if local(one) == "sequenceFlow" and source is not None and local(source) in ("exclusiveGateway", "inclusiveGateway"):
            choices = [flow for flow in drawing.model.values() if flow.get("sourceRef") == source.get("id")]
            if len(choices) > 1 and not (one.get("name") and extension(one, "nameZh")):
                unnamed.append(key)
    assert unnamed == []


def test_every_end_of_a_process_terminates_and_every_decision_has_a_default(drawing: Drawing) -> None:
    for process in children(drawing.root, "process"):
        for end in children(process, "endEvent"):
            assert next(children(end, "terminateEventDefinition"), None) is not None, end.get("id")
    for key, one in drawing.model.items():
        leaving = [flow for flow in drawing.model.values() if flow.get("sourceRef") == key]
        if local(one) == "exclusiveGateway" and len(leaving) > 1:
            assert one.get("default"), key


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_decision_tables_speak_both_languages(path: Path) -> None:
    root = safe_root(path.name, path.read_bytes())
    for decision in root.iter("{*}decision"):
        assert decision.get("id") == path.stem
        assert decision.get("name") and extension(decision, "nameZh") and extension(decision, "documentationZh")
        assert next(decision.iterchildren("{*}description"), None) is not None
        for column in decision.iter("{*}input", "{*}output"):
            assert " | " in column.get("label", ""), column.get("id")


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_forms_speak_both_languages(path: Path) -> None:
    waiting = json.loads(path.read_text("utf-8"))["components"]
    for component in waiting:
        texts = [component["label"], component["description"], *(value["label"] for value in component.get("values", ()))]
        assert [text for text in texts if " | " not in text] == []
