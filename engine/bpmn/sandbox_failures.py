"""What went wrong inside, as a sentence for the person who drew the process. Names are told, values never."""

import difflib
import re
from collections.abc import Collection, Iterable
from types import TracebackType

from engine.bpmn.sandbox_budget import BudgetUsedUp, ExpressionError
from engine.bpmn.sandbox_compiler import FILENAME
from engine.bpmn.sandbox_data import word_of_type

FAILURES = (ArithmeticError, LookupError, TypeError, ValueError, NameError, AttributeError, RuntimeError, MemoryError)
"""Everything that evaluated text can raise; errors of the engine's own tree go through as they are."""
_SHOWN = 30
_COMPARED = 200
_LONGEST = 80
_CONSTANTS = {"true": "True", "false": "False", "null": "None", "none": "None"}
_WORDS = (
    (r"'(\S+)' not supported between instances of '(\S+)' and '(\S+)'", "{1} and {2} cannot be compared with {0}"),
    (r"bad operand type for (?:unary|abs\(\)).*: '(\S+)'", "{0} is not a number"),
    (r"unhashable type: '(\S+)'", "{0} cannot be a key or a member of a set"),
    (r"cannot unpack non-iterable (\S+) object", "{0} cannot be divided among several names"),
    (r"(?:too many|not enough) values to unpack.*", "the list has more or fewer members than there are names"),
    (r"argument of type '(\S+)' is not iterable", "nothing can be looked for in {0}"),
    (r"'in <string>' requires string as left operand, not (\S+)", "in text only text can be looked for, not {0}"),
    (r"(?:substring not found|.* is not in list|list\.\w+\(x\): x not in list)", "what was looked for is not there"),
    (r"(?:must be str, not|expected str, got|.*must be str).*", "text is needed there"),
    (r"can't (?:compare|subtract) offset-naive and offset-aware .*", "one of the two times has a time zone and the other has none"),
    (r"negative shift count", "the number of places is negative"),
    (r"empty separator", "a text cannot be split at nothing"),
    (r".*step.*zero|.*arg 3 must not be zero", "the step must not be zero"),
    (r".*(?:argument|positional|keyword|takes|expected).*", "a function or method was called with the wrong arguments"),
)


def failed(error: BaseException, *, variables: Iterable[str], functions: Collection[str]) -> ExpressionError:
    """The ExpressionError for anything raised by evaluated text, with its line."""
    line = _line(error.__traceback__)
    if isinstance(error, ExpressionError):
        error.line = line
        return error
    if isinstance(error, NameError):
        return ExpressionError(_unknown(error.name or "", variables=variables, functions=functions), line)
    if isinstance(error, MemoryError | RecursionError):
        return BudgetUsedUp("This needs too much memory.", line)
    return ExpressionError(_sentence(error), line)


def unknown_function(name: str, functions: Iterable[str]) -> str:
    """The sentence for a function that does not exist."""
    return f"There is no function '{name}' here; known are {_list(functions)}."


def _unknown(name: str, *, variables: Iterable[str], functions: Collection[str]) -> str:
    if name.startswith("_f_"):
        return unknown_function(name[3:], functions)
    if name in functions:
        return f"'{name}' is a function; call it with brackets: {name}(...)."
    known = [variable for variable in variables if variable.isidentifier() and len(variable) <= _LONGEST]
    if len(name) > _LONGEST:  # comparing long names takes longer than the evaluation did
        return f"There is no variable '{name[:_LONGEST]}...' here; known are {_list(known) or 'none'}."
    close = [_CONSTANTS[name.lower()]] if name.lower() in _CONSTANTS else difflib.get_close_matches(name, known[:_COMPARED], n=1)
    hint = f" Did you mean {close[0]}?" if close else ""
    shown = "?" if name == "ʔ" else name
    return f"There is no variable '{shown}' here; known are {_list(known) or 'none'}.{hint}"


def _list(names: Iterable[str]) -> str:
    ordered = sorted(names)
    rest = len(ordered) - _SHOWN
    return ", ".join(ordered[:_SHOWN]) + (f" and {rest} more" if rest > 0 else "")


def _sentence(error: BaseException) -> str:
    if isinstance(error, ZeroDivisionError):
        return "A number was divided by zero."
    if isinstance(error, ArithmeticError):
        return "This calculation has no usable result: the number is too large, or not defined."
    if isinstance(error, KeyError):
        return "The data has no such field; use data.get('name') if it may be missing."
    if isinstance(error, IndexError):
        return "The list or text has no member at this position."
    for pattern, words in _WORDS:
        found = re.fullmatch(pattern, str(error), re.DOTALL)
        if found:
            said = words.format(*(word_of_type(each) for each in found.groups()))
            return f"{said[0].upper()}{said[1:]}."
    return "A value is not of the kind that is needed there."


def _line(trace: TracebackType | None) -> int | None:
    """The line of the text that was being evaluated."""
    line = None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == FILENAME:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
