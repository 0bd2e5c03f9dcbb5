"""The words of a decision table as its file has them: what its columns are called, what stands in its cells."""

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from engine.bpmn import xml
from engine.bpmn.decision_languages import text_of

Node = etree._Element


@dataclass(frozen=True, kw_only=True)
class TableWords:
    """`name` and `name_zh` of a table; `inputs`: the label of a column by its expression, in order; `outputs`: by its name.

    A label may hold two languages, `English | 中文`. `cells`: for each row, from 1 on, the texts that stand in its input
    cells, by the expression of the column; a cell that holds for everything is left out.
    """

    name: str
    name_zh: str
    inputs: Mapping[str, str]
    outputs: Mapping[str, str]
    cells: Mapping[int, Mapping[str, str]]


def read(file: str, content: bytes) -> dict[str, TableWords]:
    """The tables of a file by the id of their decision. Raises InvalidDeployment for what is no XML."""
    decisions = [one for one in xml.safe_root(file, content).iter("{*}decision") if one.get("id")]
    tables = ((one, next(one.iterchildren("{*}decisionTable"), None)) for one in decisions)
    return {str(one.get("id")): _words(one, table) for one, table in tables if table is not None}


def _words(decision: Node, table: Node) -> TableWords:
    columns = [(_expression(column), column.get("label") or "") for column in table.iterchildren("{*}input")]
    return TableWords(
        name=decision.get("name") or str(decision.get("id")),
        name_zh=xml.extension(decision, "nameZh") or "",
        inputs={text: label or text for text, label in columns},
        outputs={name: column.get("label") or name for column in table.iterchildren("{*}output") if (name := column.get("name"))},
        cells={number: _cells(rule, columns) for number, rule in enumerate(table.iterchildren("{*}rule"), 1)},
    )


def _expression(column: Node) -> str:
    return text_of(next(column.iterchildren("{*}inputExpression"), None)).strip()


def _cells(rule: Node, columns: list[tuple[str, str]]) -> dict[str, str]:
    texts = (text_of(entry).strip() for entry in rule.iterchildren("{*}inputEntry"))
    return {column: text for (column, _), text in zip(columns, texts, strict=False) if text not in ("", "-")}
