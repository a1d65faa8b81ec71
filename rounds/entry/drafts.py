"""What has been typed and not saved yet: kept by itself, on the server, for the section."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.presence import Lineage

from ..models import EntryDraft
from .desk import Desk, by_row, split_name
from .lines import AS_IS, Line, Texts
from .reading import MOST_LETTERS, cleaned

MOST_FIELDS = 5_000
MOST_BYTES = 2_000_000
"""What one request may send; the whole draft keeps to the same."""


class TooLargeError(ValidationError):
    """More was sent than a draft takes."""


def clock(moment: Any) -> str:
    """Return a moment as people read it: 10:21, with the day where that is not today."""
    local = timezone.localtime(moment)
    if local.date() == timezone.localdate():
        return f"{local:%H:%M}"
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def is_box(line: Line, column: str) -> bool:
    """Whether a line has a box of this name that a draft keeps."""
    if column == "handover" or column in line.texts:
        return True
    return column.startswith(AS_IS) and column.removeprefix(AS_IS) in line.labels


def save_draft(desk: Desk, fields: Mapping[str, Any], versions: Mapping[str, Any]) -> EntryDraft:
    """Merge what was typed into the person's draft; names that are none of theirs are left out.
    Raises TooLargeError, and ValidationError (code "closed") where the request takes no answers."""
    fields = {str(name): cleaned(text) for name, text in fields.items() if isinstance(text, str)}
    if len(fields) > MOST_FIELDS or any(len(text) > MOST_LETTERS for text in fields.values()):
        raise TooLargeError(_("入力が長すぎるため、下書きを保存できません。"))
    if not desk.request.is_open and not desk.open_keys and desk.open_keys is not None:
        raise closed()
    kept, rows = _own(desk, fields)
    if fields and not kept and desk.open_keys is not None:
        raise closed()
    said = {
        key: str(version)[:9]
        for key, version in versions.items()
        if key in rows and str(version).isascii()
    }
    try:
        return _merge(desk, kept, said)
    except IntegrityError:  # the first two of a person's requests at once
        return _merge(desk, kept, said)


def closed() -> ValidationError:
    return ValidationError(
        _("この照会は終了したため、入力できません。下書きは保存していません。"), code="closed"
    )


def _own(desk: Desk, fields: Mapping[str, str]) -> tuple[dict[str, str], Collection[str]]:
    """Return those of the fields the person may enter, and their rows."""
    rows = by_row(fields)
    lines = desk.lines_of(rows, with_sections=True)
    mine = {key: line for key, line in lines.items() if desk.is_open(key) and desk.owns(line)}
    kept = {
        name: text
        for name, text in fields.items()
        if (place := split_name(name)) is not None
        and place[0] in mine
        and is_box(mine[place[0]], place[1])
    }
    return kept, mine


def _merge(desk: Desk, fields: dict[str, str], versions: dict[str, str]) -> EntryDraft:
    with transaction.atomic():
        draft, _is_new = EntryDraft.objects.select_for_update().get_or_create(
            request=desk.request, department=desk.department, author=desk.user
        )
        merged = draft.fields | fields
        if len(merged) > MOST_FIELDS or sum(map(len, merged.values())) > MOST_BYTES:
            raise TooLargeError(_("入力が長すぎるため、下書きを保存できません。"))
        # A row keeps the version it was begun on: what came in between is a conflict.
        begun = {place[0] for name in draft.fields if (place := split_name(name))}
        draft.versions = versions | {
            key: version for key, version in draft.versions.items() if key in begun
        }
        draft.fields = merged
        draft.save()
    return draft


@dataclass
class Drafts:
    """The drafts of a section's sheet: the person's own, and those of colleagues."""

    own: EntryDraft | None
    others: list[EntryDraft]


def drafts_of(desk: Desk) -> Drafts:
    """Return the drafts of the section, and of those whose duties it has taken over."""
    if not desk.may_enter:
        return Drafts(None, [])
    lineage = Lineage(desk.department.municipality_id)
    departments = {desk.department.pk, *lineage.forerunners(desk.department.pk)}
    found = (
        EntryDraft.objects.filter(request=desk.request, department__in=departments)
        .select_related("author", "department")
        .order_by("-saved_at")
    )
    own, others = None, []
    for draft in found:
        if not draft.fields:
            continue
        is_own = draft.author_id == desk.user.pk and draft.department_id == desk.department.pk
        if is_own:
            own = draft
        else:
            others.append(draft)
    return Drafts(own, others)


def overlay(draft: EntryDraft | None) -> dict[str, Texts]:
    """Return row → column → text of a draft."""
    return {} if draft is None else by_row(draft.fields)


def take_over(desk: Desk, draft_id: str) -> EntryDraft | None:
    """Put a colleague's draft into the person's own; None where it is gone meanwhile."""
    desk.require_entry()
    found = [draft for draft in drafts_of(desk).others if str(draft.pk) == draft_id]
    if not found:
        return None
    return save_draft(desk, found[0].fields, found[0].versions)


def discard(desk: Desk) -> None:
    """Throw the person's own draft away."""
    EntryDraft.objects.filter(
        request=desk.request, department=desk.department, author=desk.user
    ).delete()
