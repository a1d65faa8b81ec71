"""Uploads between preview and confirmation: in the database, so that any process finds them."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class WaitingFileQuerySet(models.QuerySet):
    def fresh(self) -> WaitingFileQuerySet:
        """What is still kept."""
        return self.filter(created_at__gte=timezone.now() - WaitingFile.KEPT)

    def forget_old(self) -> None:
        """Let go what is too old."""
        self.filter(created_at__lt=timezone.now() - WaitingFile.KEPT).delete()


class WaitingFile(models.Model):
    """A file one person has uploaded and not confirmed yet; nobody else reaches it, and it is kept
    for a day."""

    KEPT = timedelta(days=1)

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("利用者")
    )
    content = models.BinaryField(_("内容"))
    created_at = models.DateTimeField(_("アップロード日時"), default=timezone.now, db_index=True)

    class Meta:
        abstract = True


class PendingUploadQuerySet(WaitingFileQuerySet):
    def of(self, user: Any, table: str) -> PendingUploadQuerySet:
        """What this person uploaded for this table and has not confirmed yet."""
        return self.fresh().filter(user=user, table=table)

    def keep(self, user: Any, table: str, **fields: Any) -> PendingUpload:
        """Store an upload instead of the person's earlier one, and forget what is too old."""
        self.forget_old()
        self.filter(user=user, table=table).delete()
        return self.create(user=user, table=table, **fields)


class PendingUpload(WaitingFile):
    """A file for a flat table."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    table = models.CharField(_("表"), max_length=100)
    name = models.CharField(_("ファイル名"), max_length=255)
    fingerprint = models.CharField(_("プレビューの要約"), max_length=64)

    objects = PendingUploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("確認待ちの取込")
        verbose_name_plural = _("確認待ちの取込")

    def __str__(self) -> str:
        return self.name
