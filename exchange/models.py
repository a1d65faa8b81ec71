"""What files bring that the plans cannot hold yet."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from municipalities.access import FROZEN, ScopedQuerySet
from municipalities.natural_keys import NaturalKeyManager, NaturalKeyModel
from plans.models import Plan


class WaitingLine(NaturalKeyModel):
    """A line of an imported workbook that names a plan which is not here yet.

    It stays text, goes out again with an export of its plan, and is read once more as soon as the
    plan it waits for is imported. Written by `exchange.plan_book` only.
    """

    plan = models.ForeignKey(
        Plan, models.CASCADE, related_name="waiting_lines", verbose_name=_("計画")
    )
    sheet = models.CharField(_("シート"), max_length=31)
    key = models.CharField(_("行"), max_length=200)
    cells = models.JSONField(_("内容"), default=dict, help_text=_("見出しとセルの文。"))
    waits_for = models.CharField(_("待っている計画"), max_length=110)

    natural_fields = ("plan", "sheet", "key")
    municipality_lookup = "plan__municipality"
    permissions = FROZEN
    objects = NaturalKeyManager.from_queryset(ScopedQuerySet)()

    class Meta:
        verbose_name = _("計画を待つ行")
        verbose_name_plural = _("計画を待つ行")
        ordering = ["plan", "sheet", "key"]
        constraints = [
            models.UniqueConstraint(name="waiting_line_unique", fields=["plan", "sheet", "key"])
        ]

    def __str__(self) -> str:
        return f"{self.sheet} {self.key} → {self.waits_for}"
