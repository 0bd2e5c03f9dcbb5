"""A Babel extractor: the docstrings of errors are their messages (house rule 4), so they are message ids too."""

import ast
from collections.abc import Iterator
from typing import IO, Any

Message = tuple[int, str, str, list[str]]


def extract(fileobj: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[Message]:
    """The docstring of every error, in one line as `RedressError.template` gives it: of every class with a `code`, and of those
    that inherit theirs."""
    body = ast.parse(fileobj.read()).body
    errors = {one.name for node in body if isinstance(node, ast.ImportFrom) and node.module == "engine.errors" for one in node.names}
    for node in body:
        if isinstance(node, ast.ClassDef) and (
            _has_code(node) or any(isinstance(one, ast.Name) and one.id in errors for one in node.bases)
        ):
            errors.add(node.name)
            if node.bases and (text := ast.get_docstring(node)):
                yield node.lineno, "gettext", " ".join(text.split()), []


def _has_code(node: ast.ClassDef) -> bool:
    given = [one for one in node.body if isinstance(one, ast.Assign | ast.AnnAssign) and isinstance(one.value, ast.Constant)]
    targets = [one.target if isinstance(one, ast.AnnAssign) else one.targets[0] for one in given]
    return any(isinstance(one, ast.Name) and one.id == "code" for one in targets)
