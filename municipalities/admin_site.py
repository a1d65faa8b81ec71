"""The admin site: who comes in, in which order the tables stand, how choices are named."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _

from .access import scope_of
from .history import Door, through


class StaffSignIn(AuthenticationForm):
    """Lets in everybody who has a role today."""

    required_css_class = "required"
    error_messages = AuthenticationForm.error_messages | {
        "no_role": _("この利用者には、今日有効な役割がありません。企画担当に相談してください。")
    }

    def confirm_login_allowed(self, user: Any) -> None:
        super().confirm_login_allowed(user)
        if not scope_of(user).roles:
            raise ValidationError(self.error_messages["no_role"], code="no_role")


class LabelledChoices(AutocompleteJsonView):
    """Names the choices as the admin of their table does: two plans have a goal 1 each."""

    def process_request(self, request: HttpRequest) -> Any:
        term, *rest = super().process_request(request)
        return term.replace("\0", ""), *rest  # PostgreSQL would refuse the query

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        return super().serialize_result(obj, to_field_name) | {"text": self.model_admin.label(obj)}


class ShirubeAdminSite(AdminSite):
    site_title = _("しるべ 管理")
    site_header = _("しるべ 管理")
    index_title = _("管理メニュー")
    site_url = "/"
    login_form = StaffSignIn
    app_order = ("indicators", "measures", "plans", "rounds", "municipalities")

    def has_permission(self, request: HttpRequest) -> bool:
        """Everybody with a role today; what each may do, the roles say."""
        return request.user.is_active and bool(scope_of(request.user).roles)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """Everything written by a page of the admin is marked so in the history."""

        @functools.wraps(view)
        def marked(*args: Any, **kwargs: Any) -> HttpResponse:
            with through(Door.ADMIN):
                return view(*args, **kwargs)

        return super().admin_view(marked, cacheable)

    def autocomplete_view(self, request: HttpRequest) -> JsonResponse:
        return LabelledChoices.as_view(admin_site=self)(request)

    def get_urls(self) -> list[Any]:
        # "View on site" would look up any row of any municipality.
        return [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The tables in the order they were registered: the daily ones first."""
        apps = self._build_app_dict(request, app_label)
        place = {model: number for number, model in enumerate(self._registry)}
        for app in apps.values():
            app["models"].sort(key=lambda entry: place[entry["model"]])
        known = {label: number for number, label in enumerate(self.app_order)}
        return sorted(apps.values(), key=lambda app: known.get(app["app_label"], len(known)))
