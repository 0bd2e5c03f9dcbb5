"""Columns that say nothing in a stolen copy of the database: their texts are encrypted, the key is not in it.

Nothing can be searched or sorted by such a column: the same text is another one each time it is sealed.
"""

import base64
from functools import cache

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from engine.dialects import Alike

PURPOSE = b"redress sealed columns"  # another key than the one the same secret signs forms with


@cache
def _keys(secrets: tuple[str, ...]) -> MultiFernet:
    """The first seals, all of them open, so that a new one can be put before an old one."""
    if not secrets:
        raise ValueError("a sealed column can be neither written nor read: the database was opened without secrets")
    return MultiFernet([Fernet(_key(secret)) for secret in secrets])


def _key(secret: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode())
    return base64.urlsafe_b64encode(derived)


class Sealed(TypeDecorator[str]):
    """A text that is kept encrypted and read in plain."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else _keys(_secrets(dialect)).encrypt(value.encode()).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else _keys(_secrets(dialect)).decrypt(value.encode()).decode()


def _secrets(dialect: Dialect) -> tuple[str, ...]:
    return dialect.secrets if isinstance(dialect, Alike) else ()
