"""What people judged, stage by stage; the computed judgement is never stored here."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from indicators.choices import Stage
from municipalities.access import ScopedQuerySet
from municipalities.history import tracked
from municipalities.natural_keys import NaturalKeyManager, NaturalKeyModel
from plans.choices import Period
from plans.models import Band, WorkingRow
from plans.models.plan import year_field

from .indicator import Indicator


class Judgement(NaturalKeyModel, WorkingRow):
    """評価 of an indicator by people, for a fiscal year, period and stage.

    Written through `indicators.record` only.
    """

    indicator = models.ForeignKey(
        Indicator, models.CASCADE, related_name="judgements", verbose_name=_("指標")
    )
    fiscal_year = year_field(_("年度"))
    period = models.CharField(
        _("時期"), max_length=10, choices=Period.choices, default=Period.YEAR_END
    )
    stage = models.CharField(_("段階"), max_length=12, choices=Stage.choices)
    band = models.ForeignKey(
        Band, models.PROTECT, related_name="judgements", verbose_name=_("評価")
    )
    reason = models.TextField(_("理由"), blank=True)
    judged_by = models.CharField(
        _("評価した組織"), max_length=100, blank=True, help_text=_("人名は入れません。")
    )
    judged_on = models.DateField(_("評価した日"), null=True, blank=True)
    note = models.CharField(_("注記"), max_length=300, blank=True)
    source_url = models.URLField(_("出典のアドレス"), max_length=300, blank=True)

    natural_fields = ("indicator", "fiscal_year", "period", "stage")
    municipality_lookup = "indicator__plan__municipality"
    objects = NaturalKeyManager.from_queryset(ScopedQuerySet)()
    history = tracked()

    class Meta:
        verbose_name = _("評価")
        verbose_name_plural = _("評価")
        ordering = ["indicator", "fiscal_year", "period", "stage"]
        constraints = [
            models.UniqueConstraint(
                name="judgement_unique",
                fields=["indicator", "fiscal_year", "period", "stage"],
                violation_error_message=_("この段階の評価がすでにあります。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.fiscal_year} {self.band}"
