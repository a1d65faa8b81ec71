"""Bringing a workbook in, from its bytes to its evidence: the one door of those that come back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from exchange.models import LONGEST_NAME, EntryFile
from municipalities.access import scope_of
from municipalities.history import Door, through
from rounds.entry.desk import Desk
from rounds.models import Reply, Request
from rounds.requests.record import record_file_reply

from .decisions import Decisions
from .matching import desks_of
from .reading import read_entry_book
from .taking import WRITTEN, Kind, Taken, take


@dataclass(frozen=True)
class Decision:
    """How the section decided on paper (決裁) what its file says."""

    on: date
    document_number: str = ""


@dataclass
class Brought:
    """A workbook as it would be taken in, or has been: then `kept` is its evidence."""

    taken: Taken
    desks: list[Desk]
    kept: EntryFile | None = None

    @property
    def sections(self) -> str:
        return "・".join(str(desk.department) for desk in self.desks)


def bring(
    request: Request,
    content: bytes,
    file_name: str,
    *,
    by: Any,
    seen: str | None = None,
    decisions: Decisions | None = None,
    decision: Decision | None = None,
    reason: str = "",
) -> Brought:
    """Take a workbook in where what is saved is what was `seen` (the fingerprint of a preview;
    None: only show), keep it as evidence, and, where the section has decided on paper, note its
    reply. All or nothing.

    Raises Refused for a file that cannot be read or is not of this request, Http404 for a
    stranger, PermissionDenied for who does not enter for its sections.
    """
    if not scope_of(by).reads(request.municipality_id):
        raise Http404(_("見つかりません。"))
    book = read_entry_book(content, file_name)
    desks = desks_of(book.about, request, by)
    with through(Door.WORKBOOK), transaction.atomic():
        taken = take(
            book, desks, file_name=file_name, decisions=decisions, reason=reason, seen=seen
        )
        brought = Brought(taken, desks)
        if not taken.is_written:
            transaction.set_rollback(True)
        else:
            brought.kept = _keep(request, content, file_name, taken, desks, by)
            if decision is not None:
                _note_replies(desks, decision, file_name, by)
    return brought


def _keep(
    request: Request,
    content: bytes,
    file_name: str,
    taken: Taken,
    desks: Sequence[Desk],
    by: Any,
) -> EntryFile:
    counts = taken.counts
    kept = EntryFile.objects.create(
        request=request,
        file_name=file_name[-LONGEST_NAME:],
        content=content,
        sha256=sha256(content).hexdigest(),
        brought_by=by,
        rows=len(taken.book.rows),
        written=sum(counts[kind] for kind in WRITTEN),
        unchanged=counts[Kind.UNCHANGED],
        held=counts[Kind.HELD],
        decisions=taken.decided,
    )
    of_file = EntryFile.departments.through
    of_file.objects.bulk_create(
        of_file(entryfile=kept, department=desk.department) for desk in desks
    )
    return kept


def _note_replies(desks: Sequence[Desk], decision: Decision, file_name: str, by: Any) -> None:
    request = desks[0].request
    stored = {
        reply.department_id: reply
        for reply in Reply.objects.filter(
            request=request, department__in=[desk.department for desk in desks]
        )
    }
    for desk in desks:
        reply = stored.get(desk.department.pk)
        reply = reply or Reply(request=request, department=desk.department)
        reply.request, reply.department = request, desk.department
        reply.decided_on, reply.document_number = decision.on, decision.document_number
        reply.received_on = timezone.localdate()
        record_file_reply(reply, by=by, reason=_("回答ファイル「%s」の取込") % file_name)
