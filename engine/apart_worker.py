"""`python -m engine.apart_worker`: takes work from its standard input until that is closed (`apart`)."""

import os
import pickle
import sys
from typing import Any

from engine import apart_limits


def main() -> None:
    """One question after the other: (function, arguments, seconds) -> ((result,), more); () when there was too little memory or stack.

    `more`: whether it takes another one.

    What fails otherwise ends this process with a traceback. Whatever is printed goes there, too: the standard output is
    for the answers.
    """
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    apart_limits.begin()
    more = True
    while more and (question := _next()) is not None:
        function, arguments, seconds = question
        apart_limits.begin_call(seconds)
        try:
            answer: tuple[Any, ...] = (function(*arguments),)
        except (MemoryError, RecursionError):
            answer, more = (), False
        more = apart_limits.end_call() and more
        pickle.dump((answer, more), answers)
        answers.flush()


def _next() -> Any:
    try:
        return pickle.load(sys.stdin.buffer)
    except EOFError:
        return None


if __name__ == "__main__":
    main()
