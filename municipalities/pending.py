"""Uploads between preview and confirmation: in the database, so that any process finds them."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LIFETIME = timedelta(days=1)


class PendingUploadQuerySet(models.QuerySet):
    def of(self, user: Any, table: str) -> PendingUploadQuerySet:
        """What this person uploaded for this table and has not confirmed yet."""
        since = timezone.now() - LIFETIME
        return self.filter(user=user, table=table, created_at__gte=since)

    def keep(self, user: Any, table: str, **fields: Any) -> PendingUpload:
        """Store an upload instead of the person's earlier one, and forget what is too old."""
        self.filter(created_at__lt=timezone.now() - LIFETIME).delete()
        self.filter(user=user, table=table).delete()
        return self.create(user=user, table=table, **fields)


class PendingUpload(models.Model):
    """A file one person has uploaded; nobody else can name it, and it is kept for a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("利用者")
    )
    table = models.CharField(_("表"), max_length=100)
    name = models.CharField(_("ファイル名"), max_length=255)
    content = models.BinaryField(_("内容"))
    fingerprint = models.CharField(_("プレビューの要約"), max_length=64)
    created_at = models.DateTimeField(_("日時"), auto_now_add=True)

    objects = PendingUploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("確認待ちの取込")
        verbose_name_plural = _("確認待ちの取込")

    def __str__(self) -> str:
        return self.name
