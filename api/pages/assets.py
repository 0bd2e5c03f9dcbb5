"""Addresses of static files that change when the file does, so that browsers may keep them for long."""

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request, url_for

FOR_A_YEAR = 31_536_000


def register(app: Flask) -> None:
    """Give templates `asset(path)`."""
    root = Path(app.static_folder or "static")

    @lru_cache(maxsize=512)
    def digest(path: str, modified: int) -> str:
        return hashlib.sha256((root / path).read_bytes()).hexdigest()[:12]

    def asset(path: str) -> str:
        """The address of a static file; one that is not built yet is named without its digest."""
        file = root / path
        if not file.is_file():
            return url_for("static", filename=path)
        return url_for("static", filename=path, v=digest(path, file.stat().st_mtime_ns))

    app.jinja_env.globals["asset"] = asset
    app.after_request(_keep)


def _keep(response: Response) -> Response:
    if request.endpoint == "static" and "v" in request.args and response.status_code == 200:
        response.headers["Cache-Control"] = f"public, max-age={FOR_A_YEAR}, immutable"
    return response
