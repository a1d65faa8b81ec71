"""What can be done with several chosen indicators at once, from their list in the admin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plans.models import RatingScheme

from . import admin_tryout, record
from .models import Indicator
from .record import Confirmation

MOST_NAMES = 10


@admin.action(description=gettext_lazy("評価方式を試す"), permissions=["view"])
def try_schemes(model_admin: Any, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
    """Open the try-out with the chosen indicators, which must be of one plan."""
    chosen = dict(queryset.values_list("pk", "plan"))
    plans = set(chosen.values())
    if len(plans) > 1:
        text = _("一つの計画の指標だけを選んでください。右の「計画」で絞り込めます。")
        model_admin.message_user(request, text, messages.ERROR)
        return None
    schemes = model_admin.admin_site.get_model_admin(RatingScheme)
    sent = {"plan": str(*plans)}
    return admin_tryout.tryout_page(request, schemes, sent, chosen=set(chosen), listed=set())


@admin.action(description=gettext_lazy("提案された向きを確認する"), permissions=["confirm"])
def confirm_directions(model_admin: Any, request: HttpRequest, queryset: QuerySet) -> None:
    """Make the proposed directions of the chosen indicators the directions; planners only."""
    try:
        found = record.confirm_directions(
            queryset, by=request.user, reason=_("提案された向きを確認")
        )
    except PermissionDenied as error:  # of several towns, the person plans for another
        model_admin.message_user(request, str(error), messages.ERROR)
        return
    for answer, level, text in (
        (Confirmation.CONFIRMED, messages.SUCCESS, _("%(count)d件の向きを確認しました：%(names)s")),
        (
            Confirmation.NO_PROPOSAL,
            messages.WARNING,
            _("%(count)d件には向きの提案がありません：%(names)s"),
        ),
        (
            Confirmation.STATED,
            messages.INFO,
            _("%(count)d件は向きが決まっているため、変えていません：%(names)s"),
        ),
    ):
        if found[answer]:
            names = {"count": len(found[answer]), "names": _names(found[answer])}
            model_admin.message_user(request, text % names, level)


def _names(indicators: Sequence[Indicator]) -> str:
    names = "、".join(str(indicator) for indicator in indicators[:MOST_NAMES])
    rest = len(indicators) - MOST_NAMES
    return names if rest <= 0 else _("%(names)s、ほか%(rest)d件") % {"names": names, "rest": rest}
