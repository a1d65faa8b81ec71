"""Files between their upload and the person's yes or no: looked at, remembered, taken in."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, OperationalError, transaction
from django.utils.translation import gettext as _

from exchange.models import EntryUpload
from municipalities.uploads import Refused
from rounds.models import Request

from .decisions import Decisions
from .keeping import Brought, Decision, bring

logger = logging.getLogger(__name__)
_SHOWN = ("sections", "counts", "fingerprint", "is_refused", "remarks", "decided")


def receive(user: Any, asked: Request, name: str, content: bytes) -> EntryUpload:
    """Look at a file and let it wait, in the place of the same one that waits already and with what
    has been decided about that. Raises Refused, with what is wrong, where it cannot be taken in at
    all."""
    EntryUpload.objects.forget_old()
    waiting = EntryUpload.objects.waiting(user, asked).values_list("sha256", "pk", "decided")
    twins = {sha256: (number, decided) for sha256, number, decided in waiting}
    upload = EntryUpload.of(user, asked, name, content)
    if upload.sha256 in twins:
        upload.pk, upload.decided = twins[upload.sha256]
        upload.has_replaced = True
    elif len(twins) >= EntryUpload.MOST:
        text = _("確かめていないファイルが%(most)d件あります。先に取り込むか、取り消してください。")
        raise Refused(text % {"most": EntryUpload.MOST})
    decisions = decided_of(upload)
    try:
        brought = look_at(upload, decisions)
    except PermissionDenied as refused:
        raise Refused(str(refused)) from refused
    remember(upload, brought, decisions)
    return upload


def decided_of(upload: EntryUpload) -> Decisions:
    """Return what has been decided about a file so far."""
    return Decisions.of(upload.decided)


def look_at(upload: EntryUpload, decisions: Decisions | None = None) -> Brought:
    """Return what a file would do. Raises as `bring`."""
    return bring(
        upload.request,
        bytes(upload.content),
        upload.file_name,
        by=upload.user,
        decisions=decisions,
    )


def remember(upload: EntryUpload, brought: Brought, decisions: Decisions | None = None) -> None:
    """Keep what was shown of a file beside it, and what has been decided about it."""
    upload.sections = brought.sections[:300]
    upload.counts = {kind.value: count for kind, count in brought.taken.counts.items()}
    upload.fingerprint = brought.taken.fingerprint
    upload.is_refused = brought.taken.is_refused
    upload.remarks = brought.taken.remarks
    upload.decided = {} if decisions is None else decisions.boxes()
    upload.save(update_fields=None if upload._state.adding else _SHOWN)


def take_in(
    upload: EntryUpload,
    seen: str,
    *,
    decisions: Decisions | None = None,
    decision: Decision | None = None,
    reason: str = "",
) -> Brought | None:
    """Take a file in where what is saved is still what was seen; None where that was done before.
    Raises as `bring`."""
    try:
        with transaction.atomic():
            if not upload.claim():
                return None
            brought = bring(
                upload.request,
                bytes(upload.content),
                upload.file_name,
                by=upload.user,
                seen=seen,
                decisions=decisions,
                decision=decision,
                reason=reason,
            )
            if brought.kept is None:
                transaction.set_rollback(True)  # it waits on
            return brought
    except (IntegrityError, OperationalError):  # somebody wrote the same rows at this moment
        logger.exception("A workbook met other writers.")
        return look_at(upload, decisions)
