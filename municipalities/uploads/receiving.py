"""How files arrive: what is larger than an upload may be does not fill the server's disk first."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from . import limits
from .book import Refused
from .kinds import too_large

_TOO_LARGE = "shirube.upload_too_large"
"""Cannot be sent: what a browser says of itself is in capitals."""


class StopAtLimit(FileUploadHandler):
    """Lets files through up to the limit, counted over all files of a request; of a larger one
    nothing arrives, which `refused_on_the_way` tells the page."""

    received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > limits.UPLOAD:
            assert self.request is not None
            self.request.META[_TOO_LARGE] = True
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> Any:
        """Return nothing: the handlers behind this one make the file."""


def refused_on_the_way(request: HttpRequest) -> Refused | None:
    """Return why a file of this request did not arrive, None where it did."""
    if _TOO_LARGE not in request.META:
        return None
    return too_large(int(request.META.get("CONTENT_LENGTH") or 0))
