"""Choices shared by plans, measures, indicators and rounds."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .workflow import State


class Period(models.TextChoices):
    """Which result of a fiscal year a figure or report states."""

    MID_YEAR = "mid_year", _("9月末実績")
    FORECAST = "forecast", _("年度末見込")
    YEAR_END = "year_end", _("年度末実績")


class WorkState(models.TextChoices):
    """How far a working row has come; only checked rows are published."""

    DRAFT = State.DRAFT.value, _("入力中")
    SUBMITTED = State.SUBMITTED.value, _("提出済")
    APPROVED = State.APPROVED.value, _("承認済")
    CONFIRMED = State.CONFIRMED.value, _("部主管課確認済")
    CHECKED = State.CHECKED.value, _("確認済")


class Visibility(models.TextChoices):
    """Who sees a computed figure of a plan."""

    OFF = "off", _("使わない")
    INTERNAL = "internal", _("庁内だけ")
    PUBLIC = "public", _("公開")


class TitleSource(models.TextChoices):
    """Where a title comes from; anything but the document is marked on the page."""

    DOCUMENT = "document", _("計画書のとおり")
    WORKING = "working", _("仮題")
    SITE = "site", _("当サイトによる要約")
    MISSING = "missing", _("題名の記載なし")


class LifeReason(models.TextChoices):
    """Why a node or an indicator starts or ends within the life of its plan."""

    ADDED = "added", _("追加")
    ABOLISHED = "abolished", _("廃止")
    MERGED = "merged", _("統合")
    REDEFINED = "redefined", _("定義変更")
    COMPLETED = "completed", _("達成終了")


class Tone(models.TextChoices):
    """How good a band is; printed beside symbol and label, never as colour alone."""

    GOOD = "good", _("良好")
    FAIR = "fair", _("おおむね良好")
    POOR = "poor", _("要改善")
    NONE = "none", _("中立")
