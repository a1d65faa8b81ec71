"""The admin of what files bring: the pages stand with the plans, here is what waits."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from municipalities.admin_base import FrozenAdmin
from municipalities.admin_filters import municipality_filter
from plans.admin_base import plan_filter

from . import admin_plans, admin_requests  # noqa: F401  register plans and requests anew
from .models import WaitingLine


@admin.register(WaitingLine)
class WaitingLineAdmin(FrozenAdmin):
    related = ("plan__municipality",)
    list_display = ("key", "sheet", "plan", "waits_for", "said")
    list_filter = (municipality_filter("plan__municipality"), plan_filter(), "sheet")
    search_fields = ("key", "waits_for", "plan__title")
    ordering = ("plan", "sheet", "key")

    @admin.display(description=_("内容"))
    def said(self, obj: Any) -> str:
        return "、".join(f"{heading}：{text}" for heading, text in obj.cells.items())
