"""The admin of the record of sign-ins, and of those who have to wait."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .admin_base import FrozenAdmin
from .signing_in import FailedSignIn, SignIn, SignInWait, waiting, when_again


class SignInBase(FrozenAdmin):
    """What is shown of everything django-axes keeps, in Japanese."""

    search_fields = ("username", "ip_address")
    ordering = ("-attempt_time", "-pk")
    date_hierarchy = "attempt_time"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.fields

    @admin.display(description=gettext_lazy("日時"), ordering="attempt_time")
    def at(self, row: Any) -> Any:
        return row.attempt_time

    @admin.display(description=gettext_lazy("ユーザー名"), ordering="username")
    def account(self, row: Any) -> str:
        return row.username or ""

    @admin.display(description=gettext_lazy("アドレス（IP）"), ordering="ip_address")
    def address(self, row: Any) -> str | None:
        return row.ip_address

    @admin.display(description=gettext_lazy("ブラウザー"))
    def browser(self, row: Any) -> str:
        return row.user_agent


@admin.register(SignIn)
class SignInAdmin(SignInBase):
    list_display = ("at", "account", "address", "ended_at")
    fields = ("at", "account", "address", "browser", "ended_at")

    @admin.display(description=gettext_lazy("サインアウト"), ordering="logout_time")
    def ended_at(self, row: SignIn) -> Any:
        return row.logout_time


@admin.register(FailedSignIn)
class FailedSignInAdmin(SignInBase):
    list_display = ("at", "account", "address", "led_to_wait")
    fields = ("at", "account", "address", "browser", "led_to_wait")

    @admin.display(description=gettext_lazy("停止した"), boolean=True, ordering="locked_out")
    def led_to_wait(self, row: FailedSignIn) -> bool:
        return row.locked_out


@admin.register(SignInWait)
class SignInWaitAdmin(SignInBase):
    """Failures that still count; whoever manages the person lets the account in again."""

    fields = ("account", "address", "browser", "failures", "at")
    actions = ("let_in",)
    date_hierarchy = None

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).counting()

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        waits = SimpleLazyObject(lambda: waiting(self.get_queryset(request)))

        @admin.display(description=gettext_lazy("状態"))
        def state(row: SignInWait) -> str:
            until = waits.get((row.username, row.ip_address))
            if until is None:
                return _("停止していません")
            return _("%(time)sまで停止") % {"time": when_again(until)}

        return ["account", "address", "failures", "at", state]

    @admin.display(description=gettext_lazy("失敗の回数"), ordering="failures_since_start")
    def failures(self, row: SignInWait) -> int:
        return row.failures_since_start

    @admin.action(description=gettext_lazy("選択したアカウントの停止を解除"))
    def let_in(self, request: HttpRequest, queryset: QuerySet) -> None:
        chosen = list(queryset)
        self.log_deletions(request, queryset)
        for row in chosen:
            SignInWait.objects.filter(username=row.username, ip_address=row.ip_address).delete()
        names = "、".join(dict.fromkeys(row.username or "－" for row in chosen))
        self.message_user(
            request,
            _("サインインの停止を解除しました：%(names)s") % {"names": names},
            messages.SUCCESS,
        )
