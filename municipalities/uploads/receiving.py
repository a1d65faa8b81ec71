"""How files arrive: what is larger than an upload may be does not fill the server's disk first."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from . import limits
from .kinds import too_large

_TOO_LARGE = "shirube.upload_too_large"
"""Cannot be sent: what a browser says of itself is in capitals."""


class StopAtLimit(FileUploadHandler):
    """Lets files through up to the limit, counted over all files of a request; of a larger one and
    those behind it nothing arrives, which `explain_missing` tells the form, and `missing` says."""

    received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > limits.UPLOAD:
            assert self.request is not None
            self.request.META.setdefault(_TOO_LARGE, []).append(self.file_name)
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> Any:
        """Return nothing: the handlers behind this one make the file."""


def explain_missing(field: Any, request: HttpRequest) -> None:
    """Let the field of a form say why its file did not arrive, instead of asking for one."""
    if _TOO_LARGE in request.META:
        size = int(request.META.get("CONTENT_LENGTH") or 0)
        field.error_messages["required"] = too_large(size).message


def missing(request: HttpRequest) -> list[str]:
    """Return the names of the files that did not arrive, as they were too large together."""
    names: list[str] = request.META.get(_TOO_LARGE, [])
    return names
