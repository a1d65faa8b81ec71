"""The admin of plans, with the ways in and out."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.urls import path

from plans.models import Plan
from rounds.admin_succession import FollowedPlanAdmin

from .admin_reports import reports_view


class ExchangedPlanAdmin(FollowedPlanAdmin):
    """The admin of plans, with their reports."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(reports_view)
        own = {"model_admin": self}
        return [
            path("<path:object_id>/reports/", view, own, name="plans_plan_reports"),
            *super().get_urls(),
        ]


admin.site.unregister(Plan)
admin.site.register(Plan, ExchangedPlanAdmin)
