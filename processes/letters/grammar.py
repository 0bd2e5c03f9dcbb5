"""What the text of a letter may hold: values, conditions, one loop, the words of `words`. Everything else is refused with its line.

Who writes letters is no programmer and must not need one: a text that passes here and renders with the examples can be sent.
The little that is allowed can also be computed: no calls, no arithmetic, no loop within a loop, no file beside it.
"""

from collections.abc import Collection, Iterator

from jinja2 import TemplateSyntaxError, nodes

from engine.errors import Problem
from processes.letters import ENVIRONMENT, words

LONGEST = 20_000
DEEPEST_FILTERS = 3
FILTERS = frozenset({*words.FILTERS, "upper", "lower", "capitalize", "trim", "length", "first", "last", "join", "default"})
TESTS = frozenset({"defined", "none"})
_ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If, nodes.For, nodes.CondExpr, nodes.Filter, nodes.Test),
    *(nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Const, nodes.Getitem, nodes.Getattr, nodes.Call),
    *(nodes.List, nodes.Dict, nodes.Pair, nodes.Assign),
)


def check(source: str, names: Collection[str]) -> list[Problem]:
    """What is wrong with a text, line by line; `names` are the values this letter is given."""
    if len(source) > LONGEST:
        return [_problem(1, f"A letter has at most {LONGEST} characters.")]
    try:
        tree = ENVIRONMENT.parse(source)
    except TemplateSyntaxError as error:
        return [_problem(error.lineno, f"Line {error.lineno} cannot be read as a template: {error.message}.")]
    if not source.partition("\n")[0].strip():
        return [_problem(1, "The first line is the subject; it cannot be empty.")]
    return sorted(_of_tree(tree, {*names, "locale"}), key=lambda one: one.line or 0)


def _of_tree(tree: nodes.Template, names: set[str]) -> Iterator[Problem]:
    known = names | {one.name for one in tree.find_all(nodes.Name) if one.ctx == "store"}
    gets = {id(call.node) for call in tree.find_all(nodes.Call) if _is_lookup(call)}
    for node in tree.find_all(nodes.Node):
        line = node.lineno
        if isinstance(node, nodes.Name) and node.name not in known:
            yield _problem(line, f"Line {line}: there is no value '{node.name}' in this letter; known are {', '.join(sorted(names))}.")
        elif isinstance(node, nodes.Filter) and node.name not in FILTERS:
            yield _problem(line, f"Line {line}: there is no filter '{node.name}' for letters; known are {', '.join(sorted(FILTERS))}.")
        elif isinstance(node, nodes.Test) and node.name not in TESTS:
            yield _problem(line, f"Line {line}: there is no test '{node.name}' for letters; known are {', '.join(sorted(TESTS))}.")
        elif _is_too_much(node, gets):
            yield _problem(line, f"Line {line}: a letter holds values, conditions and one loop, nothing else.")


def _is_lookup(call: nodes.Call) -> bool:
    """`why.get(trigger, trigger)`: the one call there is, in a table the text has written itself."""
    plain = not (call.kwargs or call.dyn_args or call.dyn_kwargs) and 1 <= len(call.args) <= 2
    return plain and isinstance(call.node, nodes.Getattr) and call.node.attr == "get" and isinstance(call.node.node, nodes.Name)


def _is_too_much(node: nodes.Node, gets: Collection[int]) -> bool:
    if not isinstance(node, _ALLOWED):
        return True
    if isinstance(node, nodes.Call):
        return not _is_lookup(node)
    if isinstance(node, nodes.Getattr):
        return id(node) not in gets
    if isinstance(node, nodes.For):
        return node.recursive or any(one is not node for one in node.find_all(nodes.For))
    return isinstance(node, nodes.Filter) and (_depth(node) > DEEPEST_FILTERS or not _plain(node))


def _depth(node: nodes.Node | None) -> int:
    return 1 + _depth(node.node) if isinstance(node, nodes.Filter) else 0


def _plain(node: nodes.Filter) -> bool:
    """Arguments are names or short texts: a long separator, joined again and again, would fill the memory."""
    given = [*node.args, *(one.value for one in node.kwargs)]
    return (
        not (node.dyn_args or node.dyn_kwargs)
        and all(isinstance(one, nodes.Name) or (isinstance(one, nodes.Const) and len(str(one.value)) <= 20) for one in given)
        and (node.name != "join" or all(isinstance(one, nodes.Const) for one in given))
    )


def _problem(line: int, message: str) -> Problem:
    return Problem(code="LETTER", message=message, pointer="/text", line=line)
