"""What files bring that the plans cannot hold yet."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.access import FROZEN, ScopedQuerySet
from municipalities.models import Department, Municipality
from municipalities.natural_keys import NaturalKeyManager, NaturalKeyModel
from municipalities.pending import WaitingFile, WaitingFileQuerySet
from plans.models import Plan
from rounds.models import Request

LONGEST_NAME = 200


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


class UploadQuerySet(WaitingFileQuerySet):
    def keep(
        self, *, user: Any, municipality: Municipality, file_name: str, content: bytes, reason: str
    ) -> Upload:
        """Keep a file until its person has looked at it; what is older than a day goes, and of
        this person's files all but the latest."""
        self.forget_old()
        earlier = self.filter(user=user, finished_at=None).order_by("-pk")
        too_many = list(earlier.values_list("pk", flat=True)[Upload.MOST - 1 :])
        self.filter(pk__in=too_many).update(content=b"", finished_at=timezone.now())
        return self.create(
            user=user,
            municipality=municipality,
            file_name=file_name[-LONGEST_NAME:],
            content=content,
            sha256=sha256(content).hexdigest(),
            reason=reason,
        )


class KeptUpload(WaitingFile):
    """A file that stays known after the person's yes or no, without its content, until the day is
    over: a second click finds out what has become of it."""

    file_name = models.CharField(_("ファイル名"), max_length=LONGEST_NAME)
    sha256 = models.CharField(_("ハッシュ値"), max_length=64)
    finished_at = models.DateTimeField(_("終了日時"), null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.file_name

    def finish(self, **became: Any) -> None:
        """Let the content go; `became` says where it went, nothing where it was not wanted."""
        for name, value in ({"content": b"", "finished_at": timezone.now()} | became).items():
            setattr(self, name, value)
        self.save(update_fields=["content", "finished_at", *became])

    def claim(self) -> bool:
        """Finish a file that is being taken in, within that transaction; return whether nobody
        else has. A second click waits here. This instance keeps the content."""
        waiting = type(self)._default_manager.filter(pk=self.pk, finished_at=None)
        return waiting.update(content=b"", finished_at=timezone.now()) > 0


class Upload(KeptUpload):
    """The workbook of a plan between its upload and the person's yes or no."""

    MOST = 5
    """Files of one person that are kept at once."""

    municipality = models.ForeignKey(
        Municipality, models.CASCADE, related_name="+", verbose_name=_("自治体")
    )
    reason = models.CharField(_("変更理由"), max_length=200, blank=True)
    plan = models.ForeignKey(
        Plan, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("計画")
    )

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("アップロードしたファイル")
        verbose_name_plural = _("アップロードしたファイル")
        ordering = ["-created_at"]


# --- Entry workbooks ------------------------------------------------------------------------------


class EntryFileQuerySet(ScopedQuerySet):
    def like(self, uploads: Iterable[EntryUpload]) -> dict[str, EntryFile]:
        """Return hash → the latest file with the very content of an upload. One query."""
        same = self.filter(sha256__in=[upload.sha256 for upload in uploads])
        same = same.defer("content").select_related("brought_by").order_by("brought_at")
        return {kept.sha256: kept for kept in same}


class EntryFile(models.Model):
    """An entry workbook that has been taken in, kept as evidence of what came on which way.

    Written by `exchange.entry_book.keeping` only, never changed. Whoever may see the sheets of its
    sections may have it.
    """

    request = models.ForeignKey(
        Request, models.CASCADE, related_name="entry_files", verbose_name=_("照会")
    )
    departments = models.ManyToManyField(
        Department, related_name="entry_files", verbose_name=_("回答した組織")
    )
    file_name = models.CharField(_("ファイル名"), max_length=LONGEST_NAME)
    content = models.BinaryField(_("内容"))
    sha256 = models.CharField(_("ハッシュ値"), max_length=64)
    brought_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="entry_files",
        null=True,
        verbose_name=_("取り込んだ人"),
    )
    brought_at = models.DateTimeField(_("取り込んだ日時"), default=timezone.now)
    rows = models.PositiveIntegerField(_("ファイルの行"))
    written = models.PositiveIntegerField(_("書き込んだ行"))
    unchanged = models.PositiveIntegerField(_("変更のない行"))
    held = models.PositiveIntegerField(_("保留した行"))
    decisions = models.JSONField(
        _("確認画面での訂正・保留"), default=list, blank=True, help_text=_("何をどうしたかの文。")
    )

    municipality_lookup = "request__municipality"
    permissions = FROZEN
    objects = EntryFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("取り込んだ回答ファイル")
        verbose_name_plural = _("取り込んだ回答ファイル")
        ordering = ["-brought_at"]
        constraints = [
            models.CheckConstraint(
                name="entry_file_sum",
                condition=Q(rows=F("written") + F("unchanged") + F("held")),
                violation_error_message=_("行の数が合いません。"),
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def again(self) -> str:
        """What to say to whoever brings the very same file once more."""
        by = _("%sさんが") % self.brought_by if self.brought_by else ""
        return _("同じファイルを%(when)sに%(by)s取り込んであります。") % {
            "when": f"{timezone.localtime(self.brought_at):%Y-%m-%d %H:%M}",
            "by": by,
        }

    @property
    def sum(self) -> str:
        """Return 30行 ＝ 書き込み5 ＋ 変更なし24 ＋ 保留1."""
        return _("%(rows)d行 ＝ 書き込み%(written)d ＋ 変更なし%(unchanged)d ＋ 保留%(held)d") % {
            "rows": self.rows,
            "written": self.written,
            "unchanged": self.unchanged,
            "held": self.held,
        }


class EntryUploadQuerySet(WaitingFileQuerySet):
    def waiting(self, user: Any, request: Request) -> EntryUploadQuerySet:
        """What a person has uploaded for a request and neither confirmed nor dropped."""
        return self.fresh().filter(user=user, request=request, finished_at=None)


class EntryUpload(KeptUpload):
    """An entry workbook between its upload and the person's yes or no, with what its preview came
    to when it was uploaded."""

    MOST = 200
    """Files of one person for one request that are kept at once."""
    has_replaced = False
    """Whether the very same file waited when it came; not stored."""

    request = models.ForeignKey(Request, models.CASCADE, related_name="+", verbose_name=_("照会"))
    sections = models.CharField(_("組織"), max_length=300, blank=True)
    counts = models.JSONField(_("行の数"), default=dict)
    fingerprint = models.CharField(_("プレビューの要約"), max_length=64, blank=True)
    is_refused = models.BooleanField(_("このままでは取り込めない"), default=False)
    remarks = models.PositiveIntegerField(
        _("知らせること"), default=0, help_text=_("確認画面に出る注意と質問の数。")
    )
    decided = models.JSONField(
        _("確認画面で決めたこと"), default=dict, help_text=_("欄の名前と内容。")
    )

    objects = EntryUploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("確認待ちの回答ファイル")
        verbose_name_plural = _("確認待ちの回答ファイル")
        ordering = ["sections", "pk"]

    @classmethod
    def of(cls, user: Any, request: Request, file_name: str, content: bytes) -> EntryUpload:
        """Return a file as it has come, not saved yet."""
        return cls(
            user=user,
            request=request,
            file_name=file_name[-LONGEST_NAME:],
            content=content,
            sha256=sha256(content).hexdigest(),
        )
