"""What every row under work shares, at whatever level of the plan it stands."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from plans.choices import WorkState


class WorkingRow(models.Model):
    """A row under work: how far it has come, and a version that detects lost updates."""

    state = models.CharField(
        _("状態"), max_length=10, choices=WorkState.choices, default=WorkState.DRAFT
    )
    version = models.PositiveIntegerField(_("版"), default=1, editable=False)
    updated_at = models.DateTimeField(_("更新日時"), auto_now=True)

    class Meta:
        abstract = True
