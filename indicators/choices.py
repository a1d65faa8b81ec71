"""Choices of the indicators app. Kinds and directions mirror `evaluation`, which is pure."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Accumulation(models.TextChoices):
    """How the values of several years belong together."""

    POINT = "point", _("時点の値")
    FLOW = "flow", _("単年度の値")
    RUNNING_TOTAL = "running_total", _("累計（累計で入力）")
    SUM = "sum", _("累計（各年度の値を合計）")


class Basis(models.TextChoices):
    """Which time a value of a fiscal year speaks of."""

    FISCAL_YEAR = "fiscal_year", _("年度")
    CALENDAR_YEAR = "calendar_year", _("暦年")
    AS_OF_DATE = "as_of_date", _("○月○日現在")
    SURVEY_YEAR = "survey_year", _("調査年")
    MEAN_OF_YEARS = "mean_of_years", _("n年平均")
    WINDOW = "window", _("一定期間の累計")


class MissingReason(models.TextChoices):
    """Why a year has no value. Missing is never 0."""

    NOT_COMPILED = "not_compiled", _("未集計")
    NO_SURVEY = "no_survey", _("調査のない年")
    NOT_APPLICABLE = "not_applicable", _("対象外")
    WITHHELD = "withheld", _("非公表")
    SPECIAL = "special", _("特殊要因")
    NOT_STATED = "not_stated", _("資料に記載なし")


class Revision(models.TextChoices):
    """Three different marks of a value that was published before."""

    NONE = "", _("なし")
    SETTLED = "settled", _("確定")
    CORRECTED = "corrected", _("訂正")
    SOURCE_REVISED = "source_revised", _("遡及改定")


class BaselineStatus(models.TextChoices):
    VALUE = "value", _("値あり")
    NOT_STARTED = "not_started", _("開始前")
    UNAVAILABLE = "unavailable", _("値なし")


class Direction(models.TextChoices):
    """Which way is better, as people state it."""

    RISING = "rising", _("増えるほど良い")
    FALLING = "falling", _("減るほど良い")
    NONE = "none", _("増減では決まらない")
    UNKNOWN = "unknown", _("記載なし")


class TargetKind(models.TextChoices):
    AT_LEAST = "at_least", _("以上")
    AT_MOST = "at_most", _("以下")
    MAINTAIN = "maintain", _("維持")
    RANGE = "range", _("範囲")
    CHANGE = "change", _("基準値からの増減率")
    DIRECTION_ONLY = "direction_only", _("方向だけ")
    TEXT = "text", _("文章")
    UNSPECIFIED = "unspecified", _("向きの記載なし")


class Stage(models.TextChoices):
    """Who judged, in the order of the year; the last stage is the valid one."""

    FIRST = "1_first", _("一次評価")
    SECOND = "2_second", _("二次評価")
    EXTERNAL = "3_external", _("外部評価")
    FINAL = "4_final", _("最終評価")
