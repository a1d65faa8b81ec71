"""The document of the API (OpenAPI), made from what each view declares of itself."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from .serializers import Refusal

_SLUG = {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"}
_PATH = {
    "municipality": OpenApiParameter(
        "municipality",
        _SLUG,
        OpenApiParameter.PATH,
        description=_("自治体のアドレス名（municipality_slug）。"),
    ),
    "plan": OpenApiParameter(
        "plan", _SLUG, OpenApiParameter.PATH, description=_("計画コード（plan）。")
    ),
    "indicator": OpenApiParameter(
        "indicator",
        {"type": "string", "minLength": 1, "pattern": "^[A-Za-z0-9_-][A-Za-z0-9._-]*$"},
        OpenApiParameter.PATH,
        description=_("指標コード（indicator）。"),
    ),
}
_HEADERS = [
    OpenApiParameter(
        "ETag",
        str,
        OpenApiParameter.HEADER,
        response=[200],
        description=_("If-None-Match に付けて送ると、変わっていなければ 304 が返ります。"),
    ),
    OpenApiParameter(
        "Retry-After",
        int,
        OpenApiParameter.HEADER,
        response=[429],
        description=_("何秒待てばよいか。"),
    ),
]
_WRONG_QUERY = {
    "type": "object",
    "additionalProperties": {"type": "array", "items": {"type": "string"}},
}


class ApiSchema(AutoSchema):
    """What the document says of a view (`views.ApiView`)."""

    def get_operation_id(self) -> str:
        return self.view.operation

    def get_summary(self) -> str:
        return str(self.view.title)

    def get_description(self) -> str:
        return str(self.view.description)

    def get_tags(self) -> list[str]:
        return [str(self.view.tag)]

    def get_override_parameters(self) -> list[Any]:
        named = [each for name, each in _PATH.items() if f"{{{name}}}" in self.path]
        return [*named, self.view.query, *_HEADERS]

    def get_response_serializers(self) -> dict[int, Any]:
        return {
            200: OpenApiResponse(self.view.answer, description=_("公表中の内容。")),
            304: OpenApiResponse(description=_("If-None-Match の版から変わっていません。")),
            400: OpenApiResponse(
                _WRONG_QUERY, description=_("条件の誤り。条件の名前ごとに、何が誤りか。")
            ),
            404: OpenApiResponse(Refusal, description=_("公表されていないか、ありません。")),
            406: OpenApiResponse(Refusal, description=_("Accept にJSONもHTMLもありません。")),
            412: OpenApiResponse(
                description=_(
                    "If-Match の版から変わっています。"
                    "Last-Modified はないので、If-Unmodified-Since にもこう答えます。"
                )
            ),
            429: OpenApiResponse(Refusal, description=_("短い間に多すぎます。")),
        }


def without_marks(result: Any, **_others: Any) -> Any:
    """Return the document without the marks of drf-spectacular's own renaming of choices, whose
    names would change with the choices."""
    match result:
        case dict():
            kept = ((name, value) for name, value in result.items() if name != "x-spec-enum-id")
            return {name: without_marks(value) for name, value in kept}
        case list():
            return [without_marks(each) for each in result]
    return result


TITLE = _("しるべ 公開API")
LEAD = _(
    "自治体の計画の、公表中の目標・指標・基準値・目標値・実績値・評価・進捗の報告を読むAPIです。"
    "値はページとオープンデータのCSV・JSONと同じです。公表していないものはありません（404）。"
)
RULES = (
    _("GETとHEADで読むだけです（書き込みは405）。登録も鍵も要りません。"),
    _('数値は桁を保つため文字列です（例："12.50"）。'),
    _("0は値です。値のないところは null で、理由の列があります。"),
    _('率は百分率です（"50.0" は50.0％。0.5ではありません）。単位は unit の列にあります。'),
    _("年度は4月が属する年の西暦です（令和6年度は2024）。"),
    _("一覧の並びは計画書と公表の順で、同じ公表からは変わりません。"),
    _("一覧は page と page_size で区切ります。next をたどると全部読めます。"),
    _(
        "条件は、その列がその値である行を選びます。配列の列では、その値を含む行です。"
        "例：…/values/?fiscal_year=2023&period=year_end"
    ),
    _("知らない名前の条件、選べない値は誤りです（400）。"),
    _("ETag を If-None-Match に付けて送ると、変わっていなければ304だけが返ります。"),
    _("短い間に多すぎると429が返り、Retry-After に待つ秒数が入ります。"),
    _("v1 は版です。列を足すことはありますが、列の意味を変えたり消したりするときは v2 にします。"),
)


@cache
def document() -> dict[str, Any]:
    """Return the document; the same for every request, so it is made once."""
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    introduction = "\n".join([str(LEAD), "", *(f"- {rule}" for rule in RULES)])
    found["info"] |= {"title": str(TITLE), "description": introduction}
    return found
