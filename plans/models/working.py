"""What every row under work shares, at whatever level of the plan it stands."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from plans.choices import WorkState


class WorkingRow(models.Model):
    """A row under work: how far it has come, and a version that detects lost updates."""

    state = models.CharField(
        _("状態"), max_length=10, choices=WorkState.choices, default=WorkState.DRAFT
    )
    version = models.PositiveIntegerField(_("版"), default=1, editable=False)
    # Whose the content is: who wrote it last. Moving it on to another state changes nobody's.
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("最後に内容を変えた人"),
    )
    updated_at = models.DateTimeField(_("更新日時"), auto_now=True)

    class Meta:
        abstract = True

    def arrives_over(self, before: WorkingRow) -> bool:
        """Whether this row says what `before`, as it is stored, has been waiting for."""
        return False
