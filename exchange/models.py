"""What files bring that the plans cannot hold yet."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.access import FROZEN, ScopedQuerySet
from municipalities.models import Municipality
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


class UploadManager(models.Manager):
    def keep(
        self, *, user: Any, municipality: Municipality, file_name: str, content: bytes, reason: str
    ) -> Upload:
        """Keep a file until its person has looked at it; what is older than a day goes, and of
        this person's files all but the latest."""
        now = timezone.now()
        self.filter(created_at__lt=now - Upload.KEPT).delete()
        earlier = self.filter(user=user, finished_at=None).order_by("-pk")
        too_many = list(earlier.values_list("pk", flat=True)[Upload.MOST - 1 :])
        self.filter(pk__in=too_many).update(content=b"", finished_at=now)
        return self.create(
            user=user,
            municipality=municipality,
            file_name=file_name[-Upload.LONGEST_NAME :],
            content=content,
            sha256=sha256(content).hexdigest(),
            reason=reason,
        )


class Upload(models.Model):
    """A file between its upload and the person's yes or no. Nobody else reaches it.

    It lies in the database, for any of several processes may be asked next. Afterwards the row
    stays without its content until the day is over: a second click finds out what has become of it.
    """

    KEPT = timedelta(days=1)
    MOST = 5
    """Files of one person that are kept at once."""
    LONGEST_NAME = 200

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("利用者")
    )
    municipality = models.ForeignKey(
        Municipality, models.CASCADE, related_name="+", verbose_name=_("自治体")
    )
    file_name = models.CharField(_("ファイル名"), max_length=LONGEST_NAME)
    content = models.BinaryField(_("内容"))
    sha256 = models.CharField(_("ハッシュ値"), max_length=64)
    reason = models.CharField(_("変更理由"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("アップロード日時"), default=timezone.now, db_index=True)
    finished_at = models.DateTimeField(_("終了日時"), null=True, blank=True)
    plan = models.ForeignKey(
        Plan, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("計画")
    )

    objects = UploadManager()

    class Meta:
        verbose_name = _("アップロードしたファイル")
        verbose_name_plural = _("アップロードしたファイル")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.file_name

    def finish(self, plan: Plan | None = None) -> None:
        """Let the content go; `plan` is where it went, None where it was not wanted."""
        self.content, self.plan, self.finished_at = b"", plan, timezone.now()
        self.save(update_fields=["content", "plan", "finished_at"])
