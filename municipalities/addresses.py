"""Parts of addresses that Django does not know: `<code:…>` is the code of a row."""

from django.urls import register_converter
from django.urls.converters import StringConverter


class CodeConverter(StringConverter):
    """A part of an address that PostgreSQL can look for: it refuses NUL."""

    regex = r"[^/\x00]+"


register_converter(CodeConverter, "code")
