"""今すること of the imports: files that were uploaded and wait for a yes or no."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.access import scope_of
from municipalities.home import Item, Link, Task, shown

from .models import EntryUpload, Upload

STALLED = timedelta(hours=1)
"""Nobody looks at a preview for so long."""


def told_to(request: HttpRequest) -> Iterator[Task]:
    """Yield the person's own files that wait; to operators, in how many towns any have stalled."""
    now = timezone.now()
    waiting = Upload.objects.filter(finished_at=None, created_at__gte=now - Upload.KEPT)
    own = list(
        waiting.filter(user=request.user).order_by("-created_at").only("file_name")[: Upload.MOST]
    )
    if own:
        yield Task(
            _("取込を確かめていないファイルがあります"),
            facts=(_("1日たつと消えます。まだ何も取り込んでいません。"),),
            links=(Link(_("確かめる"), _preview(own[0])),),
            **shown(Item(upload.file_name, _preview(upload)) for upload in own),
        )
    yield from _answers(request)
    if not scope_of(request.user).is_operator:
        return
    stalled = (
        waiting.filter(created_at__lt=now - STALLED)
        .order_by("municipality__code", "municipality__slug")
        .values_list("municipality__name")
        .annotate(count=Count("pk"))
    )
    if stalled:
        yield Task(
            _("1時間以上、確かめられていない取込：%(count)d件")
            % {"count": sum(count for _name, count in stalled)},
            facts=(_("アップロードした本人だけが、取り込むか取り消すかを決められます。"),),
            **shown(Item(name, "", _("%(count)d件") % {"count": n}) for name, n in stalled),
        )


def _answers(request: HttpRequest) -> Iterator[Task]:
    """Yield the person's own entry workbooks that wait, by the request they answer."""
    waiting = EntryUpload.objects.fresh().filter(user=request.user, finished_at=None)
    found = list(
        waiting.order_by("request")
        .values_list("request", "request__title")
        .annotate(count=Count("pk"))
    )
    if found:
        lines = [
            Item(title, _files(number), _("%(count)d件") % {"count": count})
            for number, title, count in found
        ]
        yield Task(
            _("取り込んでいない回答ファイルがあります"),
            facts=(_("1日たつと消えます。まだ何も取り込んでいません。"),),
            links=(Link(_("確かめる"), lines[0].url),),
            **shown(lines),
        )


def _files(request_id: int) -> str:
    return reverse("admin:rounds_request_entry_files", args=[request_id])


def _preview(upload: Upload) -> str:
    return reverse("admin:plans_plan_import_preview", args=[upload.pk])
