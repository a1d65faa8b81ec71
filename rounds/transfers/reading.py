"""Reading an order from lines of text: the screen's or a file's.

Nothing is written here. What is wrong comes back cell by cell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from municipalities.access import Role
from municipalities.models import Department, Membership, Municipality, User
from municipalities.record_many import check_valid

from .orders import OF_SECTIONS, ROLES, Change, Fate, Line, Order, Problem, Step, Transfer


def read_order(
    town: Municipality,
    effective_on: date,
    sections: Sequence[Line],
    people: Sequence[Line],
    duties: Mapping[str, str] | None = None,
    usual: Mapping[str, str] | None = None,
) -> tuple[Order, list[Problem]]:
    """Return what the lines say, and what is wrong with them. A line of a section without kind,
    and a line of a person without step, says nothing. `duties`: key of a duty → code of a
    section, "-" for none; `usual`: number of a section that goes → code of where its duties go if
    nothing else is said. A constant number of queries."""
    reader = _Reader(town, effective_on)
    for place, line in enumerate(sections):
        if line.get("kind"):
            reader.read_section(place, line)
        elif line.get("name") or (line.get("code") and line.get("old")):
            reader.complain("sections", place, "kind", "", _expected(Change))
    reader.read_usual(usual or {})
    reader.check_fates(sections)
    for place, line in enumerate(people):
        if line.get("step"):
            reader.read_person(place, line)
        elif line.get("section"):
            reader.complain("people", place, "step", "", _expected(Step))
    reader.read_duties(duties or {})
    return reader.order, reader.problems


def _expected(choices: Any) -> str:
    return _("%(choices)sのどれかを入力してください。") % {
        "choices": _("、").join(map(str, choices.labels))
    }


def _chosen(choices: Any, text: str) -> Any:
    """Return the choice of a value or label, None where there is none."""
    return next((each for each in choices if text in {each.value, str(each.label)}), None)


class _Reader:
    def __init__(self, town: Municipality, effective_on: date) -> None:
        self.order = Order(town, effective_on)
        self.problems: list[Problem] = []
        self.sections = {each.code: each for each in Department.objects.filter(municipality=town)}
        self.stored = set(self.sections)
        numbers = {each.pk: each for each in self.sections.values()}
        for each in self.sections.values():  # at hand, so that no rule asks for them again
            each.municipality = town
            each.parent = numbers.get(each.parent_id)
        self.memberships: dict[str, list[Membership]] = defaultdict(list)
        roles = Membership.objects.filter(municipality=town).select_related("user", "department")
        for each in roles:
            self.memberships[each.user.username].append(each)
        self._fates: dict[str, Fate] = {}
        self._sources: set[tuple[str, str]] = set()

    def complain(self, table: str, line: int, column: str, found: str, message: str) -> None:
        shown = found if len(found) <= 40 else f"{found[:40]}…"
        self.problems.append(Problem(table, line, column, shown, message))

    # --- Sections -----------------------------------------------------------------------------

    def read_section(self, place: int, line: Line) -> None:
        kind = _chosen(Change, line["kind"])
        if kind is None:
            self.complain("sections", place, "kind", line["kind"], _expected(Change))
        old = self._old(place, line)
        if kind is None or old is None:
            return
        fate = self._fates.get(old.code)
        if fate is None:
            fate = self._fates[old.code] = Fate(old, line=place)
            self.order.fates.append(fate)
        if kind == Change.ABOLISHED:
            if line.get("code"):
                message = _("廃止では空欄にします。事務を移すときは、別の行に「移管」で書きます。")
                self.complain("sections", place, "code", line["code"], message)
            fate.is_abolished = fate.ends = True
            return
        new = self._new(place, line, old)
        if new is None:
            return
        if new.code in fate.kinds:
            self.complain("sections", place, "code", new.code, _("同じ組織が2行あります。"))
            return
        fate.targets.append(new)
        fate.kinds[new.code] = kind.value
        fate.ends = fate.ends or kind != Change.MOVED

    def _old(self, place: int, line: Line) -> Department | None:
        text = line.get("old", "")
        old = self.sections.get(text)
        if old is None or text not in self.stored:
            message = _("この自治体の組織のコードを入力してください。")
            self.complain("sections", place, "old", text, message)
            return None
        day = self.order.effective_on
        if not old.is_valid_on(self.order.eve) and not old.is_valid_on(day):
            message = _("「%(name)s」は施行日の前日（%(day)s）にある組織ではありません。") % {
                "name": old.name,
                "day": self.order.eve.isoformat(),
            }
            self.complain("sections", place, "old", text, message)
            return None
        return old

    def _new(self, place: int, line: Line, old: Department) -> Department | None:
        code, name = line.get("code", ""), line.get("name", "")
        if not code:
            message = _("どの組織になるか、コードを入力してください。")
            self.complain("sections", place, "code", "", message)
            return None
        if code == old.code:
            message = _(
                "前の組織と同じコードです。改称でも新しいコードを付けます（前の年度の名称を残すため）。"
            )
            self.complain("sections", place, "code", code, message)
            return None
        found = self.sections.get(code)
        if found is not None and code in self.stored:
            return self._existing(place, line, found)
        if found is not None:
            if name and name != found.name:
                message = _("この表の中で、同じコードに別の名称「%(other)s」があります。")
                self.complain("sections", place, "name", name, message % {"other": found.name})
            return found
        return self._made(place, line, old)

    def _existing(self, place: int, line: Line, found: Department) -> Department | None:
        name = line.get("name", "")
        if name and name != found.name:
            message = _(
                "このコードの組織は「%(name)s」です。新しい組織なら別のコードを付けてください。"
            )
            self.complain("sections", place, "name", name, message % {"name": found.name})
            return None
        if not found.is_valid_on(self.order.effective_on):
            message = _("「%(name)s」は施行日にある組織ではありません。") % {"name": found.name}
            self.complain("sections", place, "code", found.code, message)
            return None
        return found

    def _made(self, place: int, line: Line, old: Department) -> Department | None:
        code = line["code"]
        if not line.get("name"):
            message = _("新しい組織なので、名称を入力してください。")
            self.complain("sections", place, "name", "", message)
            return None
        unit = Department.Kind(old.kind)
        if line.get("unit"):
            unit = _chosen(Department.Kind, line["unit"])
            if unit is None:
                message = _expected(Department.Kind)
                self.complain("sections", place, "unit", line["unit"], message)
                return None
        parent = old.parent
        if line.get("parent"):
            parent = self.sections.get(line["parent"])
            if parent is None:
                message = _("この自治体の組織か、この表の新しい組織のコードを入力してください。")
                self.complain("sections", place, "parent", line["parent"], message)
                return None
        new = Department(
            municipality=self.order.municipality,
            code=code,
            name=line["name"],
            kind=unit,
            parent=parent,
            order=old.order,
            is_lead=old.is_lead,
            post=old.post,
            valid_from=self.order.effective_on,
        )
        try:
            check_valid(new)
        except ValidationError as error:
            for column, messages in error.message_dict.items():
                key = column if column in {"code", "name"} else "code"
                self.complain("sections", place, key, line.get(key, ""), " ".join(messages))
            return None
        self.sections[code] = new
        self.order.new_sections.append(new)
        return new

    def check_fates(self, lines: Sequence[Line]) -> None:
        """Look at what all lines of a section say together, and at what stands below what."""
        for fate in self.order.fates:
            self._check_fate(fate, lines[fate.line].get("kind", ""))
        ended = {fate.old.code: fate for fate in self.order.fates if fate.ends}
        for fate in self.order.fates:
            for target in fate.targets:
                if target.code in ended:
                    message = _("「%(name)s」はこの表でなくなる組織です。") % {"name": target.name}
                    self.complain("sections", fate.line, "code", target.code, message)
        for new in self.order.new_sections:
            above = ended.get(new.parent.code) if new.parent is not None else None
            if above is not None:
                new.parent = above.usual

    def _check_fate(self, fate: Fate, said: str) -> None:
        kinds = set(fate.kinds.values())
        message = ""
        if len(fate.targets) > 1 and kinds & {Change.RENAMED, Change.MERGED}:
            message = _("改称と統合の行き先は1つです。いくつかに分かれるときは「分割」とします。")
        elif Change.SPLIT in kinds and (kinds != {Change.SPLIT} or len(fate.targets) < 2):
            message = _("分割は、行き先ごとに1行ずつ、2行以上で書きます。")
        elif fate.is_abolished and kinds - {Change.MOVED}:
            message = _("廃止と一緒に書けるのは「移管」だけです。")
        elif fate.ends and fate.old.valid_from and fate.old.valid_from > self.order.eve:
            message = _("「%(name)s」は%(day)sに始まる組織です。その前に終えられません。")
            message %= {"name": fate.old.name, "day": fate.old.valid_from.isoformat()}
        if message:
            self.complain("sections", fate.line, "kind", said, message)

    # --- People -------------------------------------------------------------------------------

    def read_person(self, place: int, line: Line) -> None:
        step = _chosen(Step, line["step"])
        if step is None:
            self.complain("people", place, "step", line["step"], _expected(Step))
            return
        user = self._user(place, line, step)
        source = self._source(place, line) if step != Step.NEW else None
        section, role = self._destination(place, line, step, source)
        if user is None or section is False or source is False:
            return
        if (user.username, line.get("source", "")) in self._sources:
            message = _("同じ人の同じ組織からの行が2つあります。")
            self.complain("people", place, "username", user.username, message)
            return
        if step != Step.NEW:
            self._sources.add((user.username, line.get("source", "")))
        self.order.transfers.append(Transfer(step, user, source, section, role, place))

    def _user(self, place: int, line: Line, step: str) -> User | None:
        username = line.get("username", "")
        held = self.memberships.get(username)
        if held:
            return held[0].user
        earlier = [each.user for each in self.order.transfers if each.user.username == username]
        if earlier:
            return earlier[0]
        if step != Step.NEW:
            message = _("この自治体の利用者のユーザー名にします。新しい人は「新任」です。")
            self.complain("people", place, "username", username, message)
            return None
        stored = User.objects.filter(username=username).first()
        user = stored or User(username=username, name=line.get("name", ""))
        if stored is None:
            user.set_unusable_password()
            try:
                user.full_clean(validate_unique=False)
            except ValidationError as error:
                for column, messages in error.message_dict.items():
                    key = column if column in {"username", "name"} else "username"
                    self.complain("people", place, key, line.get(key, ""), " ".join(messages))
                return None
        return user

    def _source(self, place: int, line: Line) -> Any:
        code = line.get("source", "")
        if not code:
            return None
        section = self.sections.get(code)
        held = self.memberships.get(line.get("username", ""), ())
        if section is None or not any(
            each.department_id == section.pk and _lasts(each, self.order.effective_on)
            for each in held
        ):
            message = _("この人が今担当している組織のコードを入力するか、空欄にします。")
            self.complain("people", place, "source", code, message)
            return False
        return section

    def _destination(self, place: int, line: Line, step: str, source: Any) -> tuple[Any, str]:
        """Return the section (False where it is wrong) and the role that follow."""
        code, said = line.get("section", ""), line.get("role", "")
        if step == Step.LEAVES:
            if code:
                message = _("担当を外れる人の新しい組織は空欄にします。")
                self.complain("people", place, "section", code, message)
                return False, ""
            return None, ""
        role = _chosen(ROLES, said) if said else self._usual_role(line, source)
        if role is None:
            choices = _("、").join(str(each.label) for each in ROLES)
            message = _("%(choices)sのどれかを入力してください。") % {"choices": choices}
            self.complain("people", place, "role", said, message)
            return False, ""
        section = self.sections.get(code) if code else None
        ended = {fate.old.code for fate in self.order.fates if fate.ends}
        if section is None and (code or role in OF_SECTIONS):
            message = _("この自治体の組織か、この表の新しい組織のコードを入力してください。")
        elif section is not None and (
            code in ended or not section.is_valid_on(self.order.effective_on)
        ):
            message = _("「%(name)s」は施行日にある組織ではありません。") % {"name": section.name}
        else:
            return section, role
        self.complain("people", place, "section", code, message)
        return False, ""

    def _usual_role(self, line: Line, source: Any) -> Role | None:
        """Return the role a person has now, where it is one alone; who is new enters."""
        roles = {
            Role(each.role)
            for each in self.memberships.get(line.get("username", ""), ())
            if _lasts(each, self.order.effective_on)
            and (source in {None, False} or each.department_id == source.pk)
        }
        if len(roles) == 1:
            return roles.pop()
        return Role.ENTRY if not roles else None

    # --- Duties -------------------------------------------------------------------------------

    def read_usual(self, usual: Mapping[str, str]) -> None:
        for fate in self.order.fates:
            code = usual.get(str(fate.old.pk), "")
            fate.keeps_all = code == "-" and fate.may_keep
            section = self.sections.get(code)
            if section in fate.targets:
                fate.chosen = section

    def read_duties(self, duties: Mapping[str, str]) -> None:
        """Take where single duties go. What is none of the sections a duty may go to goes the usual
        way, see `duties`."""
        for key, code in duties.items():
            if code == "-":
                self.order.duties[key] = None
            elif code in self.sections:
                self.order.duties[key] = self.sections[code]


def _lasts(membership: Membership, day: date) -> bool:
    """Whether a role still holds on a day or later, unless it is ended."""
    return membership.valid_to is None or membership.valid_to >= day - timedelta(days=1)
