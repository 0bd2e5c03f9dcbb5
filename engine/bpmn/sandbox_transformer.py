"""Text of a process owner -> code that can only do what the guards of the sandbox do.

A transformer on top of RestrictedPython's: a list of what is allowed stands in front of it, and everything that computes,
calls, picks or loops is replaced by a call of a guard with the budget. Functions and methods exist only where they are
called, so no value is ever a function; names with a leading underscore, which the guards use, cannot be written.
"""

import ast
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from RestrictedPython.transformer import RestrictingNodeTransformer

from engine.bpmn import sandbox_functions as functions
from engine.bpmn import sandbox_methods as methods
from engine.bpmn import sandbox_operators as operators
from engine.bpmn import sandbox_said as said
from engine.bpmn import sandbox_syntax as syntax
from engine.bpmn.sandbox_budget import BITS, DIGITS, ExpressionError
from engine.bpmn.sandbox_data import KINDS

BUDGET = "_budget_"
FUNCTION = "_f_"
_AS_TEXT = ord("s")
_SPEC = re.compile(r"[<>^]?0?\d{0,2}[,_]?(?:\.(?:1?\d|2[0-6]))?[dfs%]?")
_GUARDS: dict[str, Callable[..., Any]] = {
    **{f"_{name}_": guard for name, guard in operators.BINARY.items()},
    "_compare_": operators.compare,
    "_item_": operators.item,
    "_part_": operators.part,
    "_field_": operators.field,
    "_writable_": operators.writable,
    "_shrinkable_": operators.shrinkable,
    "_key_": operators.key_of,
    "_iterate_": operators.iterate,
    "_tick_": operators.tick,
    "_method_": methods.call,
    "_formatted_": functions.formatted,
    "_joined_": functions.joined,
    "_say_": said.say,
    "_stop_": said.stop,
}


class Transformer(RestrictingNodeTransformer):
    """Replaces what is allowed by guarded calls; raises ExpressionError at the first thing that is not."""

    def __init__(self, source: str, allowed: frozenset[type[ast.AST]], *, place: str) -> None:
        super().__init__()
        self.lines = [line.encode() for line in source.split("\n")]
        self.allowed = allowed
        self.place = place
        self.scope: dict[str, Any] = {"__builtins__": {}}
        self.read: set[str] = set()
        self.assigned: set[str] = set()
        self.removed: set[str] = set()
        self.bound: set[str] = set()
        self.calls: set[str] = set()
        self.changes = False
        self.guarded = False

    def error(self, node: ast.AST, info: str) -> None:
        """Refuse: nothing is collected, the first reason is enough."""
        raise ExpressionError(info, getattr(node, "lineno", None))

    def visit(self, node: ast.AST) -> Any:
        """Refuse what is not on the list before anything else looks at it."""
        if type(node) not in self.allowed:
            self.error(node, syntax.refusal(node, place=self.place))
        return super().visit(node)

    def check_name(self, node: Any, name: str | None, allow_magic_methods: bool = False) -> None:
        """The names with an underscore are those of the guards, and of what Python keeps inside."""
        if name is not None and name.startswith("_") and name != "_":
            self.error(node, f"'{name}' begins with an underscore; such names cannot be used.")

    def guard(self, node: ast.AST, name: str, *arguments: ast.expr) -> ast.Call:
        """`name(budget, *arguments)` in the place of `node`; the guard becomes part of the scope."""
        if name in _GUARDS:
            self.scope[name] = _GUARDS[name]
        self.guarded = True
        call = ast.Call(func=_load(name), args=[_load(BUDGET), *arguments], keywords=[])
        return ast.copy_location(call, node)

    def value(self, node: ast.expr) -> ast.expr:
        """A transformed expression."""
        changed: ast.expr = self.visit(node)
        return changed

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        value = node.value
        if isinstance(value, float):
            return self.named_constant(node, _decimal(node, self.lines))
        if not isinstance(value, str | int | None) or (isinstance(value, int) and value.bit_length() > BITS):
            self.error(node, "Only text, numbers of reasonable size, True, False and None can be written here.")
        if isinstance(value, str) and any("\ud800" <= character <= "\udfff" for character in value):
            self.error(node, "This text holds half a character (a surrogate), which cannot be kept.")
        if isinstance(value, str) and "\0" in value:
            self.error(node, "This text holds the character of the number 0, which cannot be kept.")
        return node

    def named_constant(self, node: ast.AST, value: Any) -> ast.AST:
        """Code can hold no Decimal, so it gets a name of its own."""
        name = f"_n{len(self.scope)}_"
        self.scope[name] = value
        return ast.copy_location(_load(name), node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        self.check_name(node, node.id)
        if not isinstance(node.ctx, ast.Store):
            self.read.add(node.id)
        return node

    def visit_Tuple(self, node: ast.Tuple) -> ast.AST:
        """There are no tuples inside: they would be keys, and hashing nested ones never ends."""
        if not isinstance(node.ctx, ast.Load):
            return self.node_contents_visit(node)
        return ast.copy_location(ast.List(elts=[self.value(each) for each in node.elts], ctx=ast.Load()), node)

    def visit_Dict(self, node: ast.Dict) -> ast.AST:
        if None in node.keys:
            self.error(node, "** cannot be used here; use data.update(...) or a | b.")
        return self.node_contents_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        if type(node.op) not in self.allowed:
            self.error(node, syntax.refusal(node.op, place=self.place))
        return self.guard(node, f"_{type(node.op).__name__}_", self.value(node.left), self.value(node.right))

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """Comparing with something written down cannot be large, so it needs no guard: most conditions are that."""
        sides = [node.left, *node.comparators]
        pairs = list(zip(node.ops, sides, sides[1:], strict=False))
        if any(not syntax.is_proper_identity(*pair) for pair in pairs):
            self.error(node, "'is' is only for None, True and False; use == to compare.")
        if all(syntax.needs_no_guard(*pair) for pair in pairs):
            return self.node_contents_visit(node)
        names = ast.Tuple(elts=[ast.Constant(type(operator).__name__) for operator in node.ops], ctx=ast.Load())
        return self.guard(node, "_compare_", names, *(self.value(side) for side in sides))

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Name) and node.func.id == "isinstance":
            return self.test_of_kind(node)
        if isinstance(node.func, ast.Name) and node.func.id == "print":
            self.error(node, "print is a line of its own in a script; it gives no value.")
        if any(isinstance(argument, ast.Starred) for argument in node.args) or any(named.arg is None for named in node.keywords):
            self.error(node, "A call names its arguments one by one; * and ** cannot be used.")
        arguments = [self.value(argument) for argument in node.args]
        keywords = []
        for named in node.keywords:
            self.check_name(node, named.arg)
            keywords.append(ast.keyword(arg=named.arg, value=self.value(named.value)))
        call = self.target(node, arguments)
        call.keywords = keywords
        return call

    def test_of_kind(self, node: ast.Call) -> ast.AST:
        """`isinstance(x, int)`: kinds are named, they are no values."""
        kinds = syntax.kinds_named(node.args[1]) if len(node.args) == 2 and not node.keywords else None
        if kinds is None:
            self.error(node, f"isinstance needs a value and a kind, or several in brackets: {', '.join(KINDS)}.")
        self.scope[FUNCTION + "isinstance"] = said.is_of_kind
        names = [ast.Constant(name) for name in kinds or ()]
        return self.guard(node, FUNCTION + "isinstance", self.value(node.args[0]), *names)

    def target(self, node: ast.Call, arguments: list[ast.expr]) -> ast.Call:
        """The guarded call of a function or method, which are known by name only."""
        if isinstance(node.func, ast.Name):
            name = node.func.id
            self.check_name(node, name)
            self.calls.add(name)
            if name in functions.FUNCTIONS:
                self.scope[FUNCTION + name] = functions.FUNCTIONS[name]
            return self.guard(node, FUNCTION + name, *arguments)
        if not isinstance(node.func, ast.Attribute):
            self.error(node, "Only functions and methods can be called, by their names.")
        assert isinstance(node.func, ast.Attribute)
        name = node.func.attr
        self.check_name(node, name)
        if name not in methods.NAMES:
            self.error(node, f"There is no method '{name}' here.")
        if name in methods.CHANGING:
            self.changes = True
            if self.place == syntax.EXPRESSION:
                self.error(node, f"'{name}' changes data; a condition only reads. Do that in a script.")
        return self.guard(node, "_method_", self.value(node.func.value), ast.Constant(name), *arguments)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.check_name(node, node.attr)
        if not isinstance(node.ctx, ast.Load):
            self.error(node, f"A field is set with data['{node.attr}'] = ..., not with a dot.")
        return self.guard(node, "_field_", self.value(node.value), ast.Constant(node.attr))

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        if isinstance(node.ctx, ast.Load):
            if isinstance(node.slice, ast.Slice):
                bounds = (node.slice.lower, node.slice.upper, node.slice.step)
                return self.guard(node, "_part_", self.value(node.value), *(self.value(bound or ast.Constant(None)) for bound in bounds))
            return self.guard(node, "_item_", self.value(node.value), self.value(node.slice))
        if isinstance(node.slice, ast.Slice):
            self.error(node, "A part of a list cannot be replaced at once; make a new list.")
        self.changes = True
        owner = "_shrinkable_" if isinstance(node.ctx, ast.Del) else "_writable_"
        node.value = self.guard(node, owner, self.value(node.value))
        node.slice = self.guard(node, "_key_", self.value(node.slice))
        return node

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.AST:
        """A generator would be a running function as a value; its members as a list mean the same to any, sum, join."""
        members = ast.copy_location(ast.ListComp(elt=node.elt, generators=node.generators), node)
        return self.node_contents_visit(members)

    def guard_iter(self, node: Any) -> Any:
        """`for x in values` of loops and comprehensions."""
        if getattr(node, "is_async", 0):
            self.error(node.iter, "async cannot be used.")
        self.bound |= syntax.loop_names(node.target)
        node = self.node_contents_visit(node)
        node.iter = self.guard(node.iter, "_iterate_", node.iter)
        return node

    def visit_While(self, node: ast.While) -> ast.AST:
        node = self.node_contents_visit(node)
        node.body.insert(0, ast.copy_location(ast.Expr(self.guard(node.test, "_tick_")), node.test))
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        for target in node.targets:
            self.assigned |= syntax.assigned_names(target)
        return self.node_contents_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        """`x += y` is `x = x + y`; the left side is evaluated twice, so it may hold no call."""
        if any(isinstance(inner, ast.Call) for inner in ast.walk(node.target)):
            self.error(node, "Write this as an assignment: x = x + ...")
        read = syntax.as_read(node.target)
        plain = ast.Assign(targets=[node.target], value=ast.BinOp(left=read, op=node.op, right=node.value))
        return self.visit_Assign(ast.copy_location(plain, node))

    def visit_Delete(self, node: ast.Delete) -> ast.AST:
        self.removed |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        return self.node_contents_visit(node)

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        """The script ends there, and what it says is the reason."""
        return self.statement(node, "_stop_", *(self.value(part) for part in syntax.raised_values(node)))

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        words = [] if node.msg is None else [self.value(node.msg)]
        denied = ast.UnaryOp(op=ast.Not(), operand=self.value(node.test))
        return ast.copy_location(ast.If(test=denied, body=[self.statement(node, "_stop_", *words)], orelse=[]), node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        """A line that is a value; `print(...)` is one, and nowhere else."""
        call = node.value
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "print"):
            return self.node_contents_visit(node)
        if any(named.arg not in ("sep", "end") or not isinstance(named.value, ast.Constant) for named in call.keywords):
            self.error(node, "print takes values, and texts as sep and end.")
        words = ast.Constant(syntax.printed_words(call))
        return self.statement(node, "_say_", words, *(self.value(part) for part in call.args))

    def statement(self, node: ast.stmt, name: str, *arguments: ast.expr) -> ast.stmt:
        """A guard as a line of its own."""
        return ast.copy_location(ast.Expr(self.guard(node, name, *arguments)), node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return self.guard(node, "_joined_", *(self.value(part) for part in node.values))

    def visit_FormattedValue(self, node: ast.FormattedValue) -> ast.AST:
        spec = syntax.constant_spec(node)
        if node.conversion not in (-1, _AS_TEXT) or spec is None or not _SPEC.fullmatch(spec):
            self.error(node, "In f'{...}' only simple formats such as {amount:.2f} or {amount:,.2f} can be used.")
        return self.guard(node, "_formatted_", self.value(node.value), ast.Constant(spec))


def _load(name: str) -> ast.Name:
    return ast.Name(id=name, ctx=ast.Load())


def _decimal(node: ast.Constant, lines: list[bytes]) -> Decimal:
    """The number as it was written, not as a float would round it."""
    try:
        number = Decimal(lines[node.lineno - 1][node.col_offset : node.end_col_offset].decode())
    except (InvalidOperation, IndexError, UnicodeDecodeError):
        number = Decimal(repr(node.value))
    # inside an f-text the position of a number is not reliable: what stands there must be this number
    number = number if float(number) == node.value else Decimal(repr(node.value))
    if not number.is_finite() or abs(number.adjusted()) > DIGITS:
        raise ExpressionError(f"A number may have {DIGITS:,} digits.", node.lineno)
    return number
