"""The shapes in which the result of a decision becomes one variable (`redress:resultShape`).

`value`: the only output; `row`: the outputs by name; `values` and `rows`: a list of them, one for each row that was hit;
`decision`: a value or a row, and a list of them where the hit policy gives several. Without a shape: as `value` if there is
one output, else all outputs by name.
"""

from typing import Any

Values = dict[str, Any]


def in_shape(result: Values, shape: str | None, *, collects: bool) -> Any:
    """`result`: the outputs by name; `collects`: each is a list, over all rows that were hit."""
    if shape == "row":
        return result
    if shape in ("rows", "values") or (shape == "decision" and collects):
        rows = [dict(zip(result, row, strict=True)) for row in zip(*result.values(), strict=True)] if collects else [result]
        rows = rows if result else []
        return rows if shape == "rows" or len(result) != 1 else [value for row in rows for value in row.values()]
    if shape == "decision" and not result:
        return None
    return next(iter(result.values())) if len(result) == 1 else result
