"""FEEL (DMN 1.3, chapter 10) said in our expression language, so that one restricted evaluator runs both.

Understood: comparisons, `between`, `in`, ranges with open and closed ends, lists, contexts, arithmetic, `and`, `or`, `not()`,
`if`, `for`, `some`, `every`, `.field`, `[n]`, literals of dates and durations, and the functions of `FUNCTIONS`. What is
more than that raises `NotUnderstood`: a text is never said differently from what it means.
"""

import re
from collections.abc import Collection

from engine.bpmn.feel_functions import DATES, FUNCTIONS, ORDER, NotUnderstood, TooLong, at, compared, short, string

__all__ = ["NotUnderstood", "expression", "identifier", "unary_tests"]

MAX_DEPTH = 40
MAX_STEPS = 20_000  # a range that turns out to be none is read twice, and those inside of it again
INPUT = "?"

_LONG = (
    "date and time",
    "list contains",
    "starts with",
    "ends with",
    "upper case",
    "lower case",
    "string length",
    "string join",
    "round half up",
    "instance of",
)
_REST = r'"(?:[^"\\]|\\.)*"|\d+(?:\.(?!\.)\d+)?|\.\d+|[^\W\d]\w*|\.\.|\*\*|[<>!]=|[^\s]'
_KEYWORDS = frozenset({"then", "else", "and", "or", "in", "between", "return", "satisfies", "instance", "function", "instance of"})
_FOREIGN = frozenset({"True", "False", "None", "is", "lambda", "not"})  # names that our language reads otherwise
_LITERALS = {"true": "True", "false": "False", "null": "None", INPUT: INPUT}


def expression(text: str, names: Collection[str] = ()) -> str:
    """An expression in our language. `names` are those with spaces in them that may occur; they get underscores."""
    parser = _Parser(text, names)
    said = parser.expression()
    parser.end()
    return said


def unary_tests(text: str, names: Collection[str] = ()) -> str:
    """An input cell in our language: a condition over `?`, or a value that the input is compared with."""
    if text.strip() in ("", "-"):
        return "-"
    return _Parser(text, names).cell()


def identifier(name: str) -> str:
    """How a name with spaces is written in our language."""
    return re.sub(r"\s+", "_", name.strip())


class _Parser:
    """Recursive descent, one method a level of precedence. Each gives text in our language, in brackets where it matters."""

    def __init__(self, text: str, names: Collection[str]) -> None:
        spaced = sorted({name.strip() for name in names if " " in name.strip()} | set(_LONG), key=len, reverse=True)
        longest = "|".join(r"\s+".join(map(re.escape, name.split())) for name in spaced)
        self.tokens = [re.sub(r"\s+", " ", t) if t[0] != '"' else t for t in re.findall(rf"(?:{longest})(?!\w)|{_REST}", short(text))]
        self.names = {name.strip() for name in names}
        self.at = 0
        self.depth = self.steps = 0
        self.asks = False
        self.alone = ""

    @property
    def next(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, *wanted: str) -> str:
        """The next token if it is one of these, else ""."""
        found = self.next
        if found and (not wanted or found in wanted):
            self.at += 1
            self.steps += 1
            if self.steps > MAX_STEPS:
                raise TooLong
            return found
        return ""

    def need(self, wanted: str) -> None:
        if not self.take(wanted):
            raise NotUnderstood(f"'{wanted}' is missing before '{self.next}'." if self.next else f"'{wanted}' is missing at the end.")

    def end(self) -> None:
        if self.next:
            raise NotUnderstood(f"'{self.next}' is not expected here.")

    def cell(self) -> str:
        if self.next == "not" and self.tokens[1:2] == ["("]:
            self.at = 2
            said = f"not ({' or '.join(self.tests(INPUT))})"
            self.need(")")
            self.end()
            return said
        self.asks = False
        found = self.tests(INPUT)
        self.end()
        return self.alone if len(found) == 1 and self.alone else " or ".join(found)

    def tests(self, subject: str) -> list[str]:
        found = [self.test(subject)]
        while self.take(","):
            found.append(self.test(subject))
        return found

    def test(self, subject: str) -> str:
        """One of the tests that are separated by commas. `alone` is its value when it is nothing but a value."""
        self.alone = ""
        sign = self.take("<", "<=", ">", ">=", "=", "!=")
        if sign:
            return compared(subject, sign, self.sum())
        range_ = self.range(subject)
        if range_:
            return range_
        start, before, self.asks = self.at, self.asks, False
        said = self.expression()
        asks, self.asks = self.asks, before or self.asks
        if asks:
            return said
        if self.tokens[start] == "[" and said.startswith("["):
            return f"({subject} in {said})"
        self.alone = said
        return f"({subject} == {said})"

    def range(self, subject: str) -> str:
        """`[1..5]`, `(1..5)`, `]1..5[`; "" when there is none here."""
        start, depth = self.at, self.depth
        opened = self.take("[", "(", "]")
        if not opened:
            return ""
        try:
            low = self.sum()
            if self.take(".."):
                high = self.sum()
                closed = self.take("]", ")", "[")
                if closed:
                    above, below = "<=" if opened == "[" else "<", "<=" if closed == "]" else "<"
                    return f"({subject} != None and {low} {above} {subject} {below} {high})"
        except TooLong:
            raise
        except NotUnderstood:
            pass  # it is no range: the caller reads it again as what it is
        self.at, self.depth = start, depth
        return ""

    def expression(self) -> str:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise NotUnderstood(f"It is nested more than {MAX_DEPTH} deep.")
        said = short(self._choice() if self.take("if") else self._each() if self.next in ("for", "some", "every") else self.any())
        self.depth -= 1
        return said

    def _choice(self) -> str:
        condition = self.expression()
        self.need("then")
        then = self.expression()
        self.need("else")
        return f"({then} if {condition} else {self.expression()})"

    def _each(self) -> str:
        word, name = self.take(), self.name(self.take())
        self.need("in")
        over = self.expression()
        self.need("return" if word == "for" else "satisfies")
        listed = f"[{self.expression()} for {name} in {over}]"
        return listed if word == "for" else f"{'any' if word == 'some' else 'all'}({listed})"

    def any(self) -> str:
        parts = [self.all()]
        while self.take("or"):
            parts.append(self.all())
        return parts[0] if len(parts) == 1 else f"({' or '.join(parts)})"

    def all(self) -> str:
        parts = [self.comparison()]
        while self.take("and"):
            parts.append(self.comparison())
        return parts[0] if len(parts) == 1 else f"({' and '.join(parts)})"

    def comparison(self) -> str:
        left = self.sum()
        sign = self.take("=", "!=", *ORDER)
        if sign:
            said = f"({left} {'==' if sign == '=' else sign} {self.sum()})"
            if self.next in ("=", "!=", *ORDER):
                raise NotUnderstood("Two comparisons in a row; say `and` between them.")
            return said
        if self.take("between"):
            low = self.sum()
            self.need("and")
            return f"({low} <= {left} <= {self.sum()})"
        return self.within(left) if self.take("in") else left

    def within(self, subject: str) -> str:
        range_ = self.range(short(subject))
        if range_:
            return range_
        if self.take("("):
            found = self.tests(subject)
            self.need(")")
            return f"({' or '.join(found)})"
        sign = self.take("=", "!=", *ORDER)
        return compared(subject, sign, self.sum()) if sign else f"({subject} in {self.sum()})"

    def sum(self) -> str:
        said = self.product()
        while sign := self.take("+", "-"):
            said = f"({said} {sign} {self.product()})"
        return said

    def product(self) -> str:
        said = self.signed()
        while sign := self.take("*", "/"):
            said = f"({said} {sign} {self.signed()})"
        return said

    def signed(self) -> str:
        if self.take("-"):
            if self.next == "-":
                raise NotUnderstood("One sign is enough.")
            return f"-{self.signed()}"
        said = self.primary()
        while True:
            if self.take("."):
                said = f"{said}.{self.name(self.take())}"
            elif self.next == "[" and re.fullmatch(r"[1-9]\d{0,8}", "".join(self.tokens[self.at + 1 : self.at + 2])):
                self.take()
                number = int(self.take())  # FEEL counts from 1
                self.need("]")
                said = f"{said}[{number - 1}]"
            else:
                return said

    def primary(self) -> str:
        token = self.take()
        self.asks = self.asks or token == INPUT
        if token in _LITERALS:
            return _LITERALS[token]
        if token[:1] == '"':
            return repr(string(token))
        if token[:1].isdigit() or (token[:1] == "." and token[1:2].isdigit()):
            return f"0{token}" if token[0] == "." else token
        if token == "(":
            said = self.expression()
            self.need(")")
            return f"({said})"
        if token == "[":
            return f"[{', '.join(self.arguments(']'))}]"
        if token == "{":
            return self.context()
        if token == "@":
            return at(string(self.take()))
        return self.call(token) if self.take("(") else self.name(token)

    def arguments(self, closing: str) -> list[str]:
        found: list[str] = []
        while not self.take(closing):
            if found:
                self.need(",")
            found.append(self.expression())
        return found

    def context(self) -> str:
        found: list[str] = []
        while not self.take("}"):
            if found:
                self.need(",")
            key = self.take()
            self.need(":")
            field = string(key) if key[:1] == '"' else self.name(key)
            found.append(f"{field!r}: {self.expression()}")
        return f"{{{', '.join(found)}}}"

    def name(self, token: str) -> str:
        known = token in self.names and " " in token
        if not known and (not token.isidentifier() or token in _FOREIGN or token in _KEYWORDS):
            raise NotUnderstood(f"'{token}' is not understood here." if token else "Something is missing at the end.")
        return identifier(token)

    def call(self, name: str) -> str:
        if name in DATES and self.next[:1] == '"' and self.tokens[self.at + 1 : self.at + 2] == [")"]:
            said = DATES[name](string(self.take()))
            self.take()
            return said
        arguments = self.arguments(")")
        if name in FUNCTIONS:
            try:
                return FUNCTIONS[name](*arguments)
            except TypeError:
                raise NotUnderstood(f"{name}() takes other arguments.") from None
        if not name.isidentifier() or name in _FOREIGN or name in DATES:
            raise NotUnderstood(f"The function {name}() is not known here.")
        return f"{name}({', '.join(arguments)})"
