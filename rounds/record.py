"""The one write path for publications: freezing what has been checked."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Max, Min
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.access import require_planner
from plans.models import Plan
from plans.record import delete_row, ensure_in_force, save_row

from . import contents
from .models import (
    Publication,
    PublicationQuerySet,
    PublishedComment,
    PublishedIndicator,
    PublishedReport,
    PublishedSheet,
)


def prepare(
    plan: Plan,
    kind: str,
    *,
    by: Any,
    fiscal_year: int | None = None,
    period: str = "",
    effective_at: datetime | None = None,
    mark: str = Publication.Mark.FINAL,
    reason: str = "",
    note: str = "",
) -> Publication:
    """Return a publication as `publish` would make it, unsaved and without rows, the next of its
    plan. Planners only. Combinations that mean nothing raise ValidationError."""
    if by is not None:
        require_planner(by, plan.municipality_id)
    last = Publication.objects.filter(plan=plan).aggregate(last=Max("number"))["last"]
    publication = Publication(
        plan=plan,
        number=(last or 0) + 1,
        kind=kind,
        fiscal_year=fiscal_year,
        period=period,
        effective_at=effective_at or timezone.now(),
        mark=mark,
        reason=reason,
        note=note,
        published_by=by,
    )
    publication.full_clean()
    return publication


def check_publication(publication: Publication) -> None:
    """Raise ValidationError where a prepared publication is another plan's year, comes before its
    plan, or calls preliminary what has been settled."""
    if publication.fiscal_year is not None:
        ensure_in_force(publication.plan, publication.fiscal_year)
    if publication.kind != Publication.Kind.PLAN and not _plan_is_published(publication):
        raise ValidationError(
            _("先に「計画の公表」をしてください。実績はその計画のページに載ります。")
        )
    earlier = _same(publication).effective(publication.effective_at)
    before = earlier.order_by("-effective_at", "-number").first()
    preliminary = Publication.Mark.PRELIMINARY
    if publication.mark == preliminary and before is not None and before.mark != preliminary:
        raise ValidationError(
            {
                "mark": _("すでに「%(mark)s」として公表しているため、「速報」にはできません。")
                % {"mark": before.get_mark_display()}
            },
            code="settled",
        )


@transaction.atomic
def publish(
    plan: Plan, kind: str, *, by: Any, seen: str | None = None, **options: Any
) -> Publication:
    """Freeze a plan's figures and reports of a fiscal year and period, and return the publication.

    Options are those of `prepare`. Kind PLAN takes no year: it shows baselines and targets only.
    `effective_at` None is now; a later time lets citizens see everything at once then. Only rows in
    state "checked" are frozen; an indicator without one is printed as not compiled. Planners only.
    Bad combinations, a year another plan has taken over, and contents other than those whose
    `fingerprint` was `seen` (None: nobody looked) raise ValidationError. The number of queries
    does not depend on the number of rows.
    """
    if by is not None:
        require_planner(by, plan.municipality_id)
    Plan.objects.select_for_update().get(pk=plan.pk)  # one publication at a time gets a number
    publication = prepare(plan, kind, by=by, **options)
    check_publication(publication)
    frozen = contents.contents_of(publication)
    if seen is not None and seen != fingerprint(publication, frozen, options.get("effective_at")):
        raise ValidationError(
            _(
                "確かめた後に、公表する内容か上の欄が変わりました。"
                "下の内容をもう一度確かめてから公表してください。"
            ),
            code="stale",
        )
    publication.legends = contents.legends_of(publication)
    save_row(publication, by=by, reason=publication.reason)
    PublishedIndicator.objects.bulk_create(frozen.indicators)
    PublishedReport.objects.bulk_create(frozen.reports)
    PublishedSheet.objects.bulk_create(frozen.sheets)
    PublishedComment.objects.bulk_create(frozen.comments)
    return publication


def fingerprint(
    publication: Publication, frozen: contents.Contents, effective_at: datetime | None
) -> str:
    """Return a short text that is another one where anything of a publication is: what it holds,
    how it is marked, and when it takes effect (None: as soon as it is made)."""
    said = [getattr(publication, name) for name in _SEEN]
    rows = [contents.values_of(row) for row in frozen.rows]
    text = json.dumps([said, effective_at, rows], cls=DjangoJSONEncoder, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


_SEEN = ("plan_id", "kind", "fiscal_year", "period", "mark", "reason", "note")


def _same(publication: Publication) -> PublicationQuerySet:
    """What has been published, or scheduled, of the same plan, kind, year and period."""
    names = ("plan", "kind", "fiscal_year", "period")
    return Publication.objects.filter(**{name: getattr(publication, name) for name in names})


def _plan_is_published(publication: Publication) -> bool:
    return (
        Publication.objects.effective(publication.effective_at)
        .filter(plan=publication.plan, kind=Publication.Kind.PLAN)
        .exists()
    )


# --- Scheduled publications -------------------------------------------------------------------


def next_scheduled(publication: Publication) -> Publication | None:
    """Return the first of the same plan, kind, year and period that is scheduled for after it."""
    later = _same(publication).scheduled().filter(effective_at__gt=publication.effective_at)
    return later.order_by("effective_at").first()


@transaction.atomic
def withdraw_scheduled(publication: Publication, *, by: Any, reason: str) -> None:
    """Take back a publication whose time has not come: nobody has read it. Its history keeps who
    and why. Planners only.

    Raises ValidationError without a reason, once it has taken effect (it stays for ever then), and
    where results that are scheduled too need this publication of their plan.
    """
    if by is not None:
        require_planner(by, publication.plan.municipality_id)
    stored = Publication.objects.select_for_update().filter(pk=publication.pk).first()
    if stored is None:
        raise ValidationError(_("この公表の予約はすでに取り消されています。"), code="stale")
    if stored.effective_at <= timezone.now():
        raise ValidationError(
            _("すでに公表されているため、取り消せません。誤りは「訂正」として公表してください。"),
            code="effective",
        )
    if not reason.strip():
        raise ValidationError({"reason": _("取り消す理由を入力してください。")}, code="no_reason")
    if stored.kind == Publication.Kind.PLAN and _is_needed(stored):
        raise ValidationError(
            _(
                "この「計画の公表」の後に実績の公表が予約されています。先にそちらを取り消してください。"
            ),
            code="needed",
        )
    delete_row(stored, by=by, reason=reason.strip())


def _is_needed(publication: Publication) -> bool:
    """Whether results would be published before their plan without this publication of it."""
    of_plan = Publication.objects.filter(plan=publication.plan).exclude(pk=publication.pk)
    first = of_plan.filter(kind=Publication.Kind.PLAN).aggregate(first=Min("effective_at"))["first"]
    results = of_plan.exclude(kind=Publication.Kind.PLAN)
    if first is not None:
        results = results.filter(effective_at__lt=first)
    return results.exists()
