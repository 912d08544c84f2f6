"""The files of the page: browsers keep them and ask each time whether they changed."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

FOLDER = Path(__file__).parent / "page"
INDEX = "index.html"


class PageFiles(StaticFiles):
    """Static files told apart by content: installers may give the files of two versions one time
    of change."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        content = hashlib.sha256(Path(full_path).read_bytes()).hexdigest()
        headers = {"Cache-Control": "no-cache", "ETag": f'"{content[:32]}"'}
        response = FileResponse(full_path, status_code, headers, stat_result=stat_result)
        del response.headers["Last-Modified"]
        if self.is_not_modified(response.headers, Headers(scope=scope)):
            return NotModifiedResponse(response.headers)
        return response
