"""What may stand in a municipality's code, in an address name and in the code of a node."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

CODE_MAX_LENGTH = 40

# First parts of addresses that belong to the portal itself, now or soon, and parts below a
# municipality or plan that a plan's slug would hide.
RESERVED_SLUGS = frozenset(
    """
    about accessibility accounts admin api assets compare data departments entry export favicon.ico
    feed feeds glossary goals health healthz help history i18n import indicators jsi18n license
    live login logout measures media metrics new password plans policies policy privacy
    publications related reports review revision robots.txt rounds sdgs search series sitemap
    sitemap.xml staff static status terms users well-known
    """.split()  # noqa: SIM905
)

_MUNICIPALITY_CODE = re.compile(r"[0-9]{6}")
_NODE_CODE = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")
_WEIGHTS = (6, 5, 4, 3, 2)
_PREFECTURE_COUNT = 47


def check_digit(five: str) -> str:
    """Return the check digit of a five-digit code.

    Rule of 総務省「全国地方公共団体コード」: the digits times 6, 5, 4, 3, 2 are added up; the last
    digit of 11 minus the remainder by 11 is the check digit.
    """
    total = sum(int(digit) * weight for digit, weight in zip(five, _WEIGHTS, strict=True))
    return str((11 - total % 11) % 10)


def validate_municipality_code(value: str) -> None:
    """Accept a 全国地方公共団体コード: six half-width digits with the right check digit."""
    if not _MUNICIPALITY_CODE.fullmatch(value):
        raise ValidationError(
            _("団体コードは半角数字6桁で入力してください（入力された値：「%(value)s」）。"),
            code="code_form",
            params={"value": value},
        )
    if not 1 <= int(value[:2]) <= _PREFECTURE_COUNT:
        raise ValidationError(
            _(
                "団体コードの先頭2桁は都道府県の番号（01～47）です"
                "（入力された値：「%(value)s」の「%(found)s」）。"
            ),
            code="code_prefecture",
            params={"value": value, "found": value[:2]},
        )
    expected = check_digit(value[:5])
    if value[5] != expected:
        raise ValidationError(
            _(
                "団体コード「%(value)s」の検査数字が合いません。末尾は「%(found)s」ですが、"
                "先頭5桁からは「%(expected)s」になります。"
            ),
            code="code_check_digit",
            params={"value": value, "found": value[5], "expected": expected},
        )


def five_digit_code(code: str) -> str:
    """Return the code without its check digit, as statistics print it; ValidationError if wrong."""
    validate_municipality_code(code)
    return code[:5]


def validate_slug_not_reserved(value: str) -> None:
    """Refuse an address name that a page of the portal itself uses, in any case of letters."""
    if value.lower() in RESERVED_SLUGS:
        raise ValidationError(
            _(
                "「%(value)s」は当サイトのページが使うアドレスのため使えません。"
                "別の名前にしてください。"
            ),
            code="slug_reserved",
            params={"value": value},
        )


def validate_code(value: str) -> None:
    """Accept a code that can stand in an address as it is (goal, policy, measure, indicator …).

    ASCII letters, digits, hyphen, underscore and dot, at most CODE_MAX_LENGTH characters, not
    beginning with a dot: `.` and `..` mean something else in an address.
    """
    if len(value) > CODE_MAX_LENGTH:
        raise ValidationError(
            _("コードは%(limit)d文字以内にしてください（入力された値は%(length)d文字）。"),
            code="code_length",
            params={"limit": CODE_MAX_LENGTH, "length": len(value)},
        )
    if not _NODE_CODE.fullmatch(value):
        raise ValidationError(
            _(
                "コードに使えるのは半角の英数字とハイフン（-）・下線（_）・点（.）です。"
                "点で始めることはできません（入力された値：「%(value)s」）。"
            ),
            code="code_characters",
            params={"value": value},
        )
