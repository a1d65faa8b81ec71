"""The files inside an xlsx: unpacked within limits, whatever the package says of their sizes."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from django.utils.translation import gettext as _

from . import limits
from .book import Refused
from .kinds import packed

_BLOCK = 2**20
_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_MACROS = re.compile(r"macroEnabled|vnd\.ms-excel\.addin|sheet\.binary")
_OTHER_OFFICE = re.compile(r"wordprocessingml\.document\.main|presentationml\.\w+\.main")
_DECLARATION = re.compile(rb"""\s*<\?xml\s[^>]*?encoding\s*=\s*["']([^"']*)""")
# What is neither a comment nor CDATA declares something: a document type or an entity.
_MARKUP_DECLARATION = re.compile(rb"<!(?!--|\[CDATA\[)")
_CONTENT_TYPES = "[Content_Types].xml"
_STRICT = b"http://purl.oclc.org/ooxml/"
_APART = "customxml/"
"""Parts of other programs, of which no reader of workbooks knows anything. Power Query keeps its
queries there, in UTF-16."""


def parts(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield (name, XML) of every XML part of the xlsx; the other parts are unpacked and forgotten.

    Refused where it is no xlsx, is larger than the limits, or has XML that is not plain UTF-8.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            _check_members(package)
            _check_kind(package)
            for member in package.infolist():
                data = _unpacked(package, member)
                if member.filename.lower().endswith((".xml", ".rels", ".vml")):
                    apart = member.filename.lower().startswith(_APART) and _from_utf_16(data)
                    _check_xml(apart or data)
                    if not apart:
                        yield member.filename, data
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError) as error:
        raise broken() from error


def broken() -> Refused:
    """Return the refusal of a file that cannot be read to its end."""
    return Refused(
        _(
            "ファイルが壊れていて、Excelブックとして読み取れません。"
            "Excelで開いて .xlsx 形式で保存し直してください。"
        )
    )


def too_large() -> Refused:
    """Return the refusal of a package that holds more than it seems."""
    return Refused(
        _(
            "展開すると%(limit)d MBを超えるファイルのため読み取れません。"
            "画像や不要なシート、書式だけの行と列を削除して保存し直してください。"
        )
        % {"limit": limits.UNPACKED / 2**20}
    )


def _check_members(package: zipfile.ZipFile) -> None:
    members = package.infolist()
    if len(members) > limits.MEMBERS or sum(one.file_size for one in members) > limits.UNPACKED:
        raise too_large()
    if any(one.flag_bits & 1 for one in members):
        raise Refused(
            _("パスワードで保護されたzipです。パスワードのない .xlsx をアップロードしてください。")
        )
    if len({one.filename.lower() for one in members}) < len(members):
        raise broken()
    end = 0
    for one in sorted(members, key=lambda member: member.header_offset):
        if one.header_offset < end:
            raise broken()
        end = one.header_offset + 30 + len(one.filename) + one.compress_size


def _check_kind(package: zipfile.ZipFile) -> None:
    """Raise Refused where the package is another program's, carries macros, or is of a dialect that
    the readers of workbooks do not share."""
    names = {one.filename.lower() for one in package.infolist()}
    if _CONTENT_TYPES.lower() not in names:
        if "mimetype" in names:
            raise _other_kind(_("OpenDocument（.ods など）"))
        raise packed()
    first = next(one for one in package.infolist() if one.filename.lower().startswith("[content_t"))
    types = _unpacked(package, first).decode("utf-8", "replace")
    if _MACROS.search(types) or any(name.endswith(("vbaproject.bin", ".xlsb")) for name in names):
        raise Refused(
            _(
                "マクロを含む形式またはバイナリ形式（.xlsm、.xltm、.xlsb）のブックです。"
                "「Excelブック (.xlsx)」の形式で保存し直してください。"
            )
        )
    if _OTHER_OFFICE.search(types):
        raise _other_kind(_("WordまたはPowerPoint"))
    if _MAIN not in types:
        raise _other_kind(_("Excelブック（.xlsx）以外"))
    relations = next((one for one in package.infolist() if one.filename == "_rels/.rels"), None)
    if relations is not None and _STRICT in _unpacked(package, relations):
        raise _other_kind(_("「Strict Open XML スプレッドシート」形式"))


def _other_kind(what: str) -> Refused:
    return Refused(
        _(
            "%(what)sのファイルです。Excelの「名前を付けて保存」で"
            "「Excelブック (.xlsx)」を選んで保存し直してください。"
        )
        % {"what": what}
    )


def _unpacked(package: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Return what a member holds, never more than it says: read at once, a member that says less
    than it holds is unpacked as a whole before it is cut."""
    with package.open(member) as stream:
        return b"".join(iter(lambda: stream.read(_BLOCK), b""))


def _from_utf_16(data: bytes) -> bytes:
    """Return the XML of a part in UTF-16 in UTF-8 and without its declaration, b"" for others."""
    if data[:2] not in {b"\xff\xfe", b"\xfe\xff"}:
        return b""
    xml = data.decode("utf-16", "replace")
    return (xml.partition("?>")[2] if xml.startswith("<?xml") else xml).encode("utf-8", "replace")


def _check_xml(data: bytes) -> None:
    declared = _DECLARATION.match(data.removeprefix(b"\xef\xbb\xbf"))
    if declared and declared[1].lower() not in {b"utf-8", b"us-ascii"}:
        raise _not_plain()
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\0" in data:
        raise _not_plain()
    if _MARKUP_DECLARATION.search(data):
        raise _not_plain()


def _not_plain() -> Refused:
    return Refused(
        _(
            "Excelが作らない記述（文書型宣言、UTF-8以外の文字コード）を含むため読み取れません。"
            "Excelで開いて .xlsx 形式で保存し直してください。"
        )
    )
