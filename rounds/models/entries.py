"""What sections type before it is saved, and what they pass on to whoever comes after them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from indicators.models import Series
from measures.models import ReportingRow
from municipalities.access import FROZEN, RECORDED, ScopedQuerySet
from municipalities.history import tracked
from municipalities.models import Department, Municipality
from municipalities.natural_keys import NaturalKeyManager, NaturalKeyModel
from plans.models.nodes import at_most_one

from .requests import Request


class EntryDraft(NaturalKeyModel):
    """What a person has typed into a section's entry sheet and not saved yet.

    It belongs to the section: whoever answers for it today sees that it is there. `fields` holds
    what was typed, by the names of the page's boxes; `versions` the versions of the rows that
    were seen then. Kept as typed, so nothing here is valid or true yet.
    """

    request = models.ForeignKey(
        Request, models.CASCADE, related_name="drafts", verbose_name=_("照会")
    )
    department = models.ForeignKey(
        Department, models.CASCADE, related_name="entry_drafts", verbose_name=_("組織")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="entry_drafts",
        verbose_name=_("入力した人"),
    )
    fields = models.JSONField(_("入力した内容"), default=dict, blank=True)
    versions = models.JSONField(_("見ていた版"), default=dict, blank=True)
    saved_at = models.DateTimeField(_("保存日時"), auto_now=True)

    natural_fields = ("request", "department", "author")
    municipality_lookup = "request__municipality"
    permissions = FROZEN
    objects = NaturalKeyManager.from_queryset(ScopedQuerySet)()

    class Meta:
        verbose_name = _("入力の下書き")
        verbose_name_plural = _("入力の下書き")
        ordering = ["-saved_at"]
        constraints = [
            models.UniqueConstraint(
                name="entry_draft_unique", fields=["request", "department", "author"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request} {self.department} {self.author}"


class Handover(models.Model):
    """引継ぎメモ: how a figure or a report is made and where its source lies. Never published."""

    municipality = models.ForeignKey(
        Municipality, models.CASCADE, related_name="handovers", verbose_name=_("自治体")
    )
    series = models.OneToOneField(
        Series,
        models.CASCADE,
        related_name="handover",
        null=True,
        blank=True,
        verbose_name=_("系列"),
    )
    row = models.OneToOneField(
        ReportingRow,
        models.CASCADE,
        related_name="handover",
        null=True,
        blank=True,
        verbose_name=_("報告する行"),
    )
    text = models.TextField(
        _("引継ぎメモ"),
        max_length=2000,
        help_text=_("計算のしかた、資料のありか、問い合わせ先の組織など。公開されません。"),
    )
    updated_at = models.DateTimeField(_("更新日時"), auto_now=True)

    municipality_lookup = "municipality"
    permissions = RECORDED
    objects = ScopedQuerySet.as_manager()
    history = tracked()

    class Meta:
        verbose_name = _("引継ぎメモ")
        verbose_name_plural = _("引継ぎメモ")
        constraints = [
            models.CheckConstraint(
                name="handover_of_one",
                condition=at_most_one("series", "row")
                & (models.Q(series__isnull=False) | models.Q(row__isnull=False)),
                violation_error_message=_("系列か報告する行の、どちらか一つに付けてください。"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.series or self.row)
