"""照会: what a town asks its sections for, and how they answered."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.access import FROZEN, PLANNERS, Permissions, ScopedQuerySet, scope_of
from municipalities.history import tracked
from municipalities.models import Department, Municipality
from municipalities.natural_keys import NaturalKeyManager, NaturalKeyModel
from plans.choices import Period
from plans.models import Plan
from plans.models.plan import year_field


class RequestQuerySet(ScopedQuerySet):
    def open(self) -> RequestQuerySet:
        """Requests that have been sent and not closed."""
        return self.filter(state=Request.State.SENT)

    def sent(self) -> RequestQuerySet:
        """Requests the sections know of, closed ones included."""
        return self.exclude(state=Request.State.DRAFT)

    def known_to(self, user: Any) -> RequestQuerySet:
        """Requests of the municipalities `user` works for; drafts are the planners'."""
        visible, scope = self.visible_to(user), scope_of(user)
        if scope.is_operator:
            return visible
        return visible.filter(~Q(state=Request.State.DRAFT) | Q(municipality__in=scope.planned))


class Request(NaturalKeyModel):
    """照会: the figures and reports of a year and period the sections are to enter, and by when.

    What each section owes is not stored: it follows from the plans (`rounds.requests.dues`).
    Written through `rounds.requests.record`.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("準備中")
        SENT = "sent", _("回答受付中")
        CLOSED = "closed", _("終了")

    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="requests", verbose_name=_("自治体")
    )
    number = models.PositiveIntegerField(_("番号"), editable=False)
    title = models.CharField(_("件名"), max_length=100)
    fiscal_year = year_field(_("年度"))
    period = models.CharField(
        _("時期"), max_length=10, choices=Period.choices, default=Period.YEAR_END
    )
    plans = models.ManyToManyField(Plan, related_name="requests", verbose_name=_("計画"))
    departments = models.ManyToManyField(
        Department,
        related_name="requests",
        blank=True,
        verbose_name=_("照会先"),
        help_text=_("選ばなければ、回答するものがある課のすべてに照会します。"),
    )
    deadline = models.DateField(_("回答期限"))
    document_number = models.CharField(_("文書番号"), max_length=60, blank=True)
    note = models.TextField(_("照会文・連絡事項"), max_length=4000, blank=True)
    state = models.CharField(
        _("状態"), max_length=10, choices=State.choices, default=State.DRAFT, editable=False
    )
    sent_at = models.DateTimeField(_("照会した日時"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("終了した日時"), null=True, blank=True, editable=False)

    natural_fields = ("municipality", "number")
    municipality_lookup = "municipality"
    stays_with = ("municipality",)
    objects = NaturalKeyManager.from_queryset(RequestQuerySet)()
    history = tracked(m2m_fields=[plans, departments])

    class Meta:
        verbose_name = _("照会")
        verbose_name_plural = _("照会")
        ordering = ["municipality", "-number"]
        constraints = [
            models.UniqueConstraint(
                name="request_number_unique",
                fields=["municipality", "number"],
                violation_error_message=_("この番号の照会がすでにあります。"),
            ),
            models.CheckConstraint(
                name="request_sent_when_not_draft",
                condition=Q(state="draft", sent_at__isnull=True)
                | (~Q(state="draft") & Q(sent_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether the sections may answer now."""
        return self.state == self.State.SENT

    def days_left(self, today: date | None = None) -> int:
        """Return the days until the deadline; 0 on the day itself, negative afterwards."""
        return (self.deadline - (today or timezone.localdate())).days


class Reply(NaturalKeyModel):
    """How a section answered a request beside the screen: on paper or by file, decided when.

    Without a row here a section answers on the screen; its rows say how far it has come.
    """

    class Channel(models.TextChoices):
        SCREEN = "screen", _("画面")
        PAPER = "paper", _("紙")
        FILE = "file", _("ファイル")

    request = models.ForeignKey(
        Request, models.CASCADE, related_name="replies", verbose_name=_("照会")
    )
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="replies", verbose_name=_("回答した組織")
    )
    channel = models.CharField(
        _("回答の方法"), max_length=10, choices=Channel.choices, default=Channel.PAPER
    )
    decided_on = models.DateField(_("決裁日"), null=True, blank=True)
    document_number = models.CharField(_("文書番号"), max_length=60, blank=True)
    received_on = models.DateField(_("受け取った日"), default=timezone.localdate)
    note = models.CharField(_("備考"), max_length=300, blank=True)

    natural_fields = ("request", "department")
    municipality_lookup = "request__municipality"
    stays_with = ("request", "department")
    objects = NaturalKeyManager.from_queryset(ScopedQuerySet)()
    history = tracked()

    class Meta:
        verbose_name = _("照会への回答の記録")
        verbose_name_plural = _("照会への回答の記録")
        ordering = ["request", "department"]
        constraints = [
            models.UniqueConstraint(
                name="reply_unique",
                fields=["request", "department"],
                violation_error_message=_("この組織の回答はすでに記録されています。"),
            ),
            models.CheckConstraint(
                name="reply_beside_the_screen_has_decision",
                condition=Q(channel="screen") | Q(decided_on__isnull=False),
                violation_error_message=_("紙やファイルの回答には決裁日を入力してください。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request} {self.department}"

    def clean(self) -> None:
        super().clean()
        if self.request_id and self.department_id:
            self.department.check_town(self.request.municipality_id, "department")
        for name in ("decided_on", "received_on"):
            day = getattr(self, name)
            if day is not None and day > timezone.localdate():
                raise ValidationError({name: _("今日より後の日は入力できません。")})


class SentReminder(NaturalKeyModel):
    """A mail that reminded a person; nobody gets two on one day. Never changed afterwards."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="sent_reminders",
        verbose_name=_("利用者"),
    )
    municipality = models.ForeignKey(
        Municipality, models.CASCADE, related_name="sent_reminders", verbose_name=_("自治体")
    )
    sent_on = models.DateField(_("送った日"))
    sent_at = models.DateTimeField(_("送った日時"), default=timezone.now)
    subject = models.CharField(_("件名"), max_length=200)
    rows = models.PositiveIntegerField(_("未回答の件数"))

    natural_fields = ("user", "municipality", "sent_on")
    municipality_lookup = "municipality"
    permissions = Permissions(
        view=PLANNERS, add=FROZEN.add, change=FROZEN.change, delete=FROZEN.delete
    )
    objects = NaturalKeyManager.from_queryset(ScopedQuerySet)()

    class Meta:
        verbose_name = _("送った督促")
        verbose_name_plural = _("送った督促")
        ordering = ["-sent_at"]
        constraints = [
            models.UniqueConstraint(
                name="sent_reminder_once_a_day", fields=["user", "municipality", "sent_on"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sent_on} {self.user}"
