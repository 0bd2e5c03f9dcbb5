"""What may be written in expressions and scripts, and the sentence for what may not."""

import ast
import builtins
import copy

from engine.bpmn.sandbox_budget import SYNTAX_DEPTH, ExpressionError
from engine.bpmn.sandbox_data import KINDS

EXPRESSION = "an expression"
SCRIPT = "a script"

ALLOWED_IN_EXPRESSIONS: frozenset[type[ast.AST]] = frozenset(
    {
        ast.Expression, ast.Constant, ast.Name, ast.Load, ast.Store, ast.List, ast.Tuple, ast.Set, ast.Dict,
        ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.UAdd, ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div,
        ast.FloorDiv, ast.Mod, ast.Pow, ast.LShift, ast.RShift, ast.BitOr, ast.BitAnd, ast.BitXor,
        ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Is, ast.IsNot, ast.In, ast.NotIn,
        ast.IfExp, ast.Call, ast.Attribute, ast.Subscript, ast.Slice, ast.JoinedStr, ast.FormattedValue,
        ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.comprehension,
    }
)  # fmt: skip
ALLOWED_IN_SCRIPTS: frozenset[type[ast.AST]] = ALLOWED_IN_EXPRESSIONS - {ast.Expression} | {
    ast.Module, ast.Assign, ast.AugAssign, ast.Expr, ast.If, ast.For, ast.While, ast.Break, ast.Continue, ast.Pass,
    ast.Raise, ast.Assert, ast.Delete, ast.Del,
}  # fmt: skip

_REFUSALS: dict[str, str] = {
    "AnnAssign": "Types of variables cannot be declared; write name = value.",
    "Assign": "A value cannot be set in a condition; use == to compare.",
    "AsyncFor": "async cannot be used.",
    "AsyncFunctionDef": "Functions cannot be defined here.",
    "AsyncWith": "async cannot be used.",
    "Await": "await cannot be used.",
    "ClassDef": "Classes cannot be defined here.",
    "For": "A loop cannot stand in a condition; use [... for x in list].",
    "FunctionDef": "Functions cannot be defined here.",
    "Global": "global cannot be used; every variable of a script is one of the process.",
    "Import": "Nothing can be imported here; Decimal, date, datetime and timedelta are there as they are.",
    "ImportFrom": "Nothing can be imported here; Decimal, date, datetime and timedelta are there as they are.",
    "Invert": "~ cannot be used.",
    "Lambda": "Functions cannot be defined here, lambda included.",
    "MatMult": "@ cannot be used.",
    "Match": "match cannot be used; write if and elif.",
    "NamedExpr": ":= cannot be used; use == to compare.",
    "Nonlocal": "nonlocal cannot be used.",
    "Return": "return cannot be used; set variables instead.",
    "Starred": "* cannot be used to spread a list.",
    "Try": "try cannot be used; a failing script is repeated and shown to operations.",
    "TryStar": "try cannot be used; a failing script is repeated and shown to operations.",
    "With": "with cannot be used.",
    "Yield": "yield cannot be used.",
    "YieldFrom": "yield cannot be used.",
}


def refusal(node: ast.AST, *, place: str) -> str:
    """Why this cannot be written in this place."""
    return _REFUSALS.get(type(node).__name__, f"This ({type(node).__name__}) cannot be written in {place}.")


def is_plain(node: ast.expr) -> bool:
    """Something written down: a text, a number, True, None, or a list of such."""
    if isinstance(node, ast.UnaryOp):
        return is_plain(node.operand)
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return all(is_plain(member) for member in node.elts)
    return isinstance(node, ast.Constant)


def is_proper_identity(operator: ast.cmpop, left: ast.expr, right: ast.expr) -> bool:
    """Not an `is`, or one of those that mean the same everywhere."""
    named = isinstance(right, ast.Constant) and (right.value is None or isinstance(right.value, bool))
    return not isinstance(operator, ast.Is | ast.IsNot) or (named and not isinstance(left, ast.Constant))


def needs_no_guard(operator: ast.cmpop, left: ast.expr, right: ast.expr) -> bool:
    """Comparing with something written down cannot take long; looking for it in a list can."""
    return is_plain(right) or (is_plain(left) and not isinstance(operator, ast.In | ast.NotIn))


def assigned_names(target: ast.expr) -> set[str]:
    """The variables an assignment sets as a whole."""
    if isinstance(target, ast.Name):
        return {target.id}
    if isinstance(target, ast.Tuple | ast.List):
        return set().union(*(assigned_names(member) for member in target.elts))
    return set()


def as_read(target: ast.expr) -> ast.expr:
    """The same place, read: for `x[i] += 1`. A copy, because the transformer changes nodes in place."""
    target = copy.deepcopy(target)
    if isinstance(target, ast.Subscript):
        return ast.Subscript(value=target.value, slice=target.slice, ctx=ast.Load())
    if isinstance(target, ast.Attribute):
        return ast.Attribute(value=target.value, attr=target.attr, ctx=ast.Load())
    assert isinstance(target, ast.Name)
    return ast.Name(id=target.id, ctx=ast.Load())


def loop_names(target: ast.expr) -> set[str]:
    """The names of `for x in` and `for a, b in`; a loop can set nothing else."""
    members = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
    if not all(isinstance(member, ast.Name) for member in members):
        raise ExpressionError("A loop goes over names: for x in list, or for a, b in list.", target.lineno)
    return assigned_names(target)


def constant_spec(node: ast.FormattedValue) -> str | None:
    """The format of `{value:format}`; None if it is computed."""
    if node.format_spec is None:
        return ""
    parts = node.format_spec.values if isinstance(node.format_spec, ast.JoinedStr) else [node.format_spec]
    texts = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return "".join(texts) if len(texts) == len(parts) else None


def raised_values(node: ast.Raise) -> list[ast.expr]:
    """What `raise Name(...)` says; the name is one of Python's, and tells the reader of the script something, nobody else."""
    called = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    keywords = node.exc.keywords if isinstance(node.exc, ast.Call) else []
    kind = getattr(builtins, called.id, None) if isinstance(called, ast.Name) else None
    plain = node.cause is None or (isinstance(node.cause, ast.Constant) and node.cause.value is None)
    if not (isinstance(kind, type) and issubclass(kind, BaseException)) or keywords or not plain:
        raise ExpressionError("raise says what went wrong: raise ValueError('The amount is missing').", node.lineno)
    return node.exc.args if isinstance(node.exc, ast.Call) else []


def printed_words(call: ast.Call) -> str:
    """What `print(...)` says as it is written: texts, and names in the place of values, which may be confidential."""
    return " ".join(_as_written(argument) for argument in call.args)


def _as_written(value: ast.expr) -> str:
    if isinstance(value, ast.Constant):
        return str(value.value)
    if isinstance(value, ast.JoinedStr):
        return "".join(_as_written(part) for part in value.values)
    return f"{{{ast.unparse(value.value if isinstance(value, ast.FormattedValue) else value)}}}"


def kinds_named(node: ast.expr) -> list[str] | None:
    """The kinds in `isinstance(x, int)` and `isinstance(x, (int, str))`; None if something else stands there."""
    members = node.elts if isinstance(node, ast.Tuple | ast.List) else [node]
    names = [member.id for member in members if isinstance(member, ast.Name)]
    return names if len(names) == len(members) and KINDS.keys() >= set(names) else None


def check_depth(tree: ast.AST) -> None:
    """Refuse nesting that would end in the recursion limit of the compiler. Walks without recursion itself."""
    waiting = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > SYNTAX_DEPTH:
            raise ExpressionError(
                f"This is nested more than {SYNTAX_DEPTH} levels deep; use several shorter steps.", getattr(node, "lineno", None)
            )
        waiting.extend((child, depth + 1) for child in ast.iter_child_nodes(node))
