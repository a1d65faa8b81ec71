"""What a file is by its content, whatever its name says."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Literal

from django.utils.translation import gettext as _

from . import limits
from .book import Refused

_OLE2 = bytes.fromhex("D0CF11E0A1B11AE1")
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_LABELLED = "DRMEncrypted".encode("utf-16-le")
"""What a file is encrypted with that only certain people may open."""
_OPEN_ELSEWHERE = "~$"
_OTHERS = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"{\\rtf": "RTF",
    b"\x1f\x8b": "gzip",
    b"7z\xbc\xaf": "7z",
    b"Rar!": "RAR",
}
_HTML = re.compile(rb"(\xef\xbb\xbf)?\s*<(!doctype|html|head|table|\?xml)", re.IGNORECASE)


def is_zip(content: bytes) -> bool:
    """Whether the file is a zip, as every workbook is; a table may have a column PK."""
    return content.startswith(_ZIP)


def kind_of(content: bytes, name: str, *, takes_csv: bool = True) -> Literal["xlsx", "csv"]:
    """Return how to read the file; Refused where it is neither, or nothing that is taken."""
    if not content:
        raise Refused(
            _("ファイルが空です（0バイト）。保存し直したファイルをアップロードしてください。")
        )
    if len(content) > limits.UPLOAD:
        raise too_large(len(content))
    if PurePath(name).name.startswith(_OPEN_ELSEWHERE):
        raise Refused(
            _(
                "Excelがブックを開いている間だけ置くファイル（~$で始まる名前）です。"
                "~$の付かない、もとのブックをアップロードしてください。"
            )
        )
    if is_zip(content):
        if _suffix(name) == ".zip":
            raise packed()
        return "xlsx"
    _refuse_foreign(content, takes_csv)
    if not takes_csv:
        is_text = b"\0" not in content  # no photo, film, or drawing
        raise _not_taken(_("CSVなどのテキスト") if is_text else _("Excelではない形式"), takes_csv)
    return "csv"


def check_name(kind: Literal["xlsx", "csv"], name: str) -> None:
    """Raise Refused where a file is not named as what it is."""
    if _suffix(name) != f".{kind}":
        raise Refused(_misnamed(kind, _suffix(name)))


def _suffix(name: str) -> str:
    return PurePath(name).suffix.lower()


def too_large(size: int) -> Refused:
    """Return the answer to a file of `size` bytes, more than an upload may have."""
    return Refused(
        _(
            "ファイルが大きすぎます（%(found).1f MB）。%(limit)d MBまで読み取れます。"
            "画像や不要なシートを削除するか、ファイルを分けてください。"
        )
        % {"found": size / 2**20, "limit": limits.UPLOAD / 2**20}
    )


def packed() -> Refused:
    """Return the answer to files that are packed together."""
    return Refused(
        _("zipのファイルです。展開（解凍）して、中のファイルをアップロードしてください。")
    )


def _misnamed(kind: str, suffix: str) -> str:
    what = _("Excelブック") if kind == "xlsx" else _("テキスト（CSVなど）")
    return _(
        "ファイル名の末尾は「%(suffix)s」ですが、中身は%(what)sです。"
        "元のソフトで .%(other)s 形式で保存し直し、末尾が .%(other)s の名前で"
        "アップロードしてください。"
    ) % {"suffix": suffix[:10] or _("なし"), "what": what, "other": kind}


def _refuse_foreign(content: bytes, takes_csv: bool) -> None:
    """Raise Refused for every kind of file that is told by its first bytes and not taken."""
    if content.startswith(_OLE2):
        if _LABELLED in content:
            raise Refused(
                _(
                    "秘密度ラベルかアクセス権（IRM）で暗号化されたファイルです。Excelで暗号化のない"
                    "ラベルに変えるか、アクセスの制限を解除して、保存し直してください。"
                )
            )
        if _ENCRYPTED in content:
            raise Refused(
                _(
                    "パスワードで保護されたファイルです。Excelの「ファイル」→「情報」→"
                    "「ブックの保護」でパスワードを解除し、保存し直してください。"
                )
            )
        raise Refused(
            _(
                "古い形式（.xls など）のファイルです。Excelの「名前を付けて保存」で"
                "「Excelブック (.xlsx)」を選んで保存し直してください。"
            )
        )
    for start, what in _OTHERS.items():
        if content.startswith(start):
            raise _not_taken(what, takes_csv)
    if _HTML.match(content):
        raise _not_taken(_("HTMLまたはXML"), takes_csv)
    if takes_csv and content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused(
            _(
                "文字コードがUTF-16のテキストです。"
                "「CSV UTF-8（コンマ区切り）(.csv)」の形式で保存し直してください。"
            )
        )


def _not_taken(what: str, takes_csv: bool) -> Refused:
    wanted = _("Excelブック (.xlsx) かCSV (.csv)") if takes_csv else _("Excelブック (.xlsx)")
    return Refused(
        _("%(what)sのファイルです。%(wanted)s で保存したファイルをアップロードしてください。")
        % {"what": what, "wanted": wanted}
    )
