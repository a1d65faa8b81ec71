"""The admin site: who comes in, in which order the tables stand, how choices are named."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from axes.helpers import get_client_session_hash
from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminPasswordChangeForm
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .access import scope_of
from .history import Door, through
from .home import home_of
from .signing_in import SignIn, waits_until, when_again


class StaffSignIn(AuthenticationForm):
    """Lets in everybody who has a role today; who failed too often learns until when to wait."""

    required_css_class = "required"
    error_messages = AuthenticationForm.error_messages | {
        "no_role": _("この利用者には、今日有効な役割がありません。企画担当に相談してください。"),
        "wait": _(
            "サインインの失敗が続いたため、このユーザー名では%(time)sまでサインインできません。"
            "その後にもう一度試すか、企画担当に停止の解除を頼んでください。"
        ),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Django only tells the browser how long a name may be.
        name = self.fields["username"]
        name.validators.append(MaxLengthValidator(name.max_length))

    def get_invalid_login_error(self) -> ValidationError:
        if not getattr(self.request, "axes_locked_out", False):
            return super().get_invalid_login_error()
        until = waits_until(self.cleaned_data["username"], self.request.axes_ip_address)
        return ValidationError(
            self.error_messages["wait"],
            code="wait",
            params={"time": when_again(until or timezone.now())},
        )

    def confirm_login_allowed(self, user: Any) -> None:
        super().confirm_login_allowed(user)
        if not scope_of(user).roles:
            raise ValidationError(self.error_messages["no_role"], code="no_role")


class OwnPassword(AdminPasswordChangeForm):
    """A new password of one's own: not the one somebody else has set."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        new = self.cleaned_data.get("new_password1")
        if new and new == self.cleaned_data.get("old_password"):
            self.add_error("new_password2", _("今までと違うパスワードを入力してください。"))
        return cleaned

    def save(self, commit: bool = True) -> Any:
        self.user.must_change_password = False
        return super().save(commit)


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
    before_the_password = frozenset({"password_change", "logout", "jsi18n", "stay"})
    app_order = ("indicators", "measures", "plans", "rounds", "municipalities")

    def has_permission(self, request: HttpRequest) -> bool:
        """Everybody with a role today; what each may do, the roles say."""
        return request.user.is_active and bool(scope_of(request.user).roles)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """Everything written by a page of the admin is marked so in the history; who signed in
        with a password set by somebody else sees no page before changing it."""

        @functools.wraps(view)
        def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if getattr(request.user, "must_change_password", False) and (
                request.resolver_match.url_name not in self.before_the_password
            ):
                return HttpResponseRedirect(reverse("admin:password_change"))
            with through(Door.ADMIN):
                return view(request, *args, **kwargs)

        return super().admin_view(marked, cacheable)

    def index(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().index(request, {"home": home_of(request)} | (extra_context or {}))

    def autocomplete_view(self, request: HttpRequest) -> JsonResponse:
        return LabelledChoices.as_view(admin_site=self)(request)

    def get_urls(self) -> list[Any]:
        # "View on site" would look up any row of any municipality.
        urls = [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]
        return [path("stay/", self.admin_view(self.stay), name="stay"), *urls]

    def stay(self, request: HttpRequest) -> HttpResponse:
        """What a page asks while somebody types: it is used, so the session goes on."""
        return HttpResponse(status=204)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = self.each_context(request) | {"must_change": request.user.must_change_password}
        request.current_app = self.name
        before = get_client_session_hash(request)
        answer = PasswordChangeView.as_view(
            form_class=OwnPassword,
            template_name="admin/own_password.html",
            success_url=reverse("admin:password_change_done"),
            extra_context=context | (extra_context or {}),
        )(request)
        # The session has a new key now; signing out is noted where signing in was.
        SignIn.objects.filter(session_hash=before).update(
            session_hash=get_client_session_hash(request)
        )
        return answer

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The tables in the order they were registered: the daily ones first."""
        apps = self._build_app_dict(request, app_label)
        place = {model: number for number, model in enumerate(self._registry)}
        for app in apps.values():
            app["models"].sort(key=lambda entry: place[entry["model"]])
        known = {label: number for number, label in enumerate(self.app_order)}
        return sorted(apps.values(), key=lambda app: known.get(app["app_label"], len(known)))
