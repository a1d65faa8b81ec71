"""Whose a workbook is: the request and the sections it was made for, and who may bring it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from municipalities.models import Department
from municipalities.presence import Lineage
from municipalities.uploads import Refused
from rounds.entry.desk import Desk
from rounds.models import Request
from rounds.requests.dues import Due, dues_of, of_section

from .about import About
from .reading import FileRow


def desks_of(about: About, request: Request, user: Any) -> list[Desk]:
    """Return the desks of the sections a workbook is of, before the `request` it has been brought
    to. Raises Refused where it is another request's or town's (without telling whose), and
    PermissionDenied where the person may not bring those of all its sections."""
    if about.municipality != request.municipality.slug or about.request != request.pk:
        raise Refused(
            _(
                "この照会のブックではありません。ほかの照会から受け取ったブックは、"
                "その照会の画面で取り込んでください。"
            )
        )
    found = {
        department.code: department
        for department in Department.objects.filter(
            municipality=request.municipality, code__in=about.sections
        )
    }
    unknown = [code for code in about.sections if code not in found]
    if unknown or not found:
        raise Refused(
            _("このブックの組織（%(codes)s）は、いまはありません。受け取り直してください。")
            % {"codes": "、".join(unknown) or _("記載なし")}
        )
    desks = [Desk(request, found[code], user) for code in dict.fromkeys(about.sections)]
    foreign = [str(desk.department) for desk in desks if not desk.is_of_section]
    if foreign:
        raise PermissionDenied(
            _(
                "「%(sections)s」のブックです。その組織の人、部主管課の承認者か企画担当が取り込めます。"
            )
            % {"sections": "・".join(foreign)}
        )
    if request.state == Request.State.DRAFT:
        raise Refused(_("まだ送っていない照会のブックは取り込めません。"))
    return desks


class Owners:
    """Which of a workbook's sections answers for which of its rows.

    A single section also answers for what its forerunners did, and its workbook for what its
    successors do: sections are renamed, merged and split while their workbooks are on the way.
    Several share the rows as the request asks for them today, of them or of their successors.
    """

    def __init__(self, desks: list[Desk]) -> None:
        self.desks = desks
        self._keys: dict[str, Desk] = {}
        # What a single section owes is only looked up where not all of it may be entered any more.
        all_is_open = desks[0].request.is_open or desks[0].is_planner
        if len(desks) > 1 or not all_is_open:
            dues = dues_of(desks[0].request)
            for desk in reversed(desks):
                desk.dues = of_section(dues, desk.department)
                self._keys |= {due.key: desk for due in desk.dues}
            self._take_for_successors(dues)

    @cached_property
    def _lineage(self) -> Lineage:
        return Lineage(self.desks[0].request.municipality_id)

    def _take_for_successors(self, dues: list[Due]) -> None:
        """Give what went to sections the workbook does not name to those that had it."""
        left = [due for due in dues if due.key not in self._keys]
        for desk in self.desks if left else ():
            heirs = self._lineage.successors(desk.department.pk)
            own = [due for due in left if not heirs.isdisjoint(each.pk for each in due.sections)]
            desk.dues = [*desk.dues, *own]
            for due in own:
                self._keys.setdefault(due.key, desk)

    def rows_of(self, desk: Desk, rows: list[FileRow]) -> list[FileRow]:
        """Return the rows a desk takes; the first also takes what is nobody's."""
        if len(self.desks) == 1:
            return rows
        return [row for row in rows if self._keys.get(row.key, self.desks[0]) is desk]

    def foreign(self, desk: Desk, lines: Mapping[str, Any]) -> set[str]:
        """Return the keys of the lines that are none of a desk's section."""
        if len(self.desks) > 1:
            return {key for key in lines if self._keys.get(key) is not desk}
        own = {desk.department.pk}
        found = {key for key, line in lines.items() if own.isdisjoint(line.sections())}
        if found:
            own |= self._lineage.forerunners(desk.department.pk)
            own |= self._lineage.successors(desk.department.pk)
            found = {key for key in found if own.isdisjoint(lines[key].sections())}
        return found
