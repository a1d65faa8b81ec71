"""The editor of correspondences: what was typed on its page, saved all or nothing.

Fields of the page, each with the token of a node or the id of a line: `add-`, `accept-`, `mark-`
(新設 of a new node, 削除 of an old one), `note-`; `remark-`, `remove-`; `seen` for the whole page.
"""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from plans.models import Plan
from plans.naming import level_name, node_name, numbering

from . import lines as path
from .correspondences import Correspondences, side_of
from .matching import Directory
from .models import Correspondence
from .models.revision import LEVELS
from .outline import Key, Place

FIELDS = {level.replace("_", ""): level for level in LEVELS}
"""Model name → the name of its side of a line, the highest level first."""

NONE = ("", 0)


def token_of(key: Key) -> str:
    return f"{key[0]}-{key[1]}"


def words_of(place: Place) -> str:
    """Return a node with the numbers of what stands above it."""
    above = (numbering(place.plan, node) or node.display_title for node in place.above)
    return " › ".join((*above, node_name(place.plan, place.node)))


def names_of_levels(plan: Plan, places: Iterable[Place]) -> dict[str, str]:
    """Return model name → the plan's own name of each level that has nodes, the highest first;
    the usual names where its own do not tell them apart."""
    usual = {place.key[0]: str(place.node._meta.verbose_name) for place in places}
    own = {kind: level_name(plan, kind) for kind in FIELDS if kind in usual}
    if all(own.values()) and len(set(own.values())) == len(own):
        return own
    return {kind: usual[kind] for kind in own}


class Editor:
    """`plan` beside `old_plan`, with what `data` (None: nothing) wants changed. Six queries."""

    def __init__(
        self, plan: Plan, old_plan: Plan, *, by: Any, data: QueryDict | None = None
    ) -> None:
        self.plan, self.old_plan, self.by = plan, old_plan, by
        self.data = QueryDict() if data is None else data
        self.found = Correspondences(plan, [old_plan])
        self.new = {key: place for key, place in self.found.new.items() if key[0] in FIELDS}
        self.old = {key: place for key, place in self.found.old.items() if key[0] in FIELDS}
        self.lines = [line for lines in self.found.by_new.values() for line in lines]
        self.problems: dict[str, list[str]] = {}
        self.done: Counter[str] = Counter()

    # --- What was typed ---

    def typed(self, name: str) -> str:
        """Return a field of the page as one line, "" where it is empty or was not sent."""
        return _plain(self.data.get(name, ""))

    def has_typed(self, key: Key) -> bool:
        token = token_of(key)
        return any(self.typed(f"{name}-{token}") for name in ("add", "accept", "mark", "note"))

    @cached_property
    def _seen(self) -> dict[str, list[str]]:
        """Line → the remark and the words that the page showed; {} where it does not say."""
        try:
            seen = json.loads(self.data.get("seen", ""))
        except (ValueError, RecursionError):
            return {}
        return {
            pk: pair
            for pk, pair in (seen.items() if isinstance(seen, dict) else ())
            if isinstance(pair, list) and [type(each) for each in pair] == [str, str]
        }

    @property
    def seen(self) -> str:
        """What the page shows of the stored lines, to be sent back with it."""
        shown = {str(line.pk): [line.remark, self._both(line)] for line in self.lines}
        return json.dumps(shown, ensure_ascii=False)

    # --- Saving ---

    def save(self, reason: str) -> bool:
        """Record everything that was typed, or nothing where any of it is refused: then
        `problems` says why, per token of a node, under "" for the whole page."""
        if not reason and any(name.startswith("remove-") for name in self.data):
            self._tell("", _("対応を外すときは、変更理由を入力してください。"))
        with transaction.atomic():
            self._change_lines(reason)
            self._add_lines(reason)
            if self.problems:
                transaction.set_rollback(True)
        return not self.problems

    def _tell(self, token: str, problem: str) -> None:
        told = self.problems.setdefault(token, [])
        if problem not in told:
            told.append(problem)

    def _try(
        self, what: str, token: str, action: Callable[..., Any], line: Correspondence, reason: str
    ) -> None:
        try:
            action(line, by=self.by, reason=reason)
        except ValidationError as error:
            for problem in _words(error):
                self._tell(token, problem)
        else:
            self.done[what] += 1

    def _change_lines(self, reason: str) -> None:
        for line in self.lines:
            pk, token = str(line.pk), token_of(side_of(line, "new") or side_of(line, "old") or NONE)
            is_removed = f"remove-{pk}" in self.data
            stored = _plain(line.remark)
            was = _plain(self._seen.get(pk, [stored])[0])
            typed = self.typed(f"remark-{pk}") if f"remark-{pk}" in self.data else was
            if not is_removed and typed in (was, stored):
                continue
            if stored != was:
                words = _(
                    "ほかの人が備考を「%(remark)s」に変えました。よければもう一度保存してください。"
                )
                self._tell(token, words % {"remark": stored})
                continue
            changed = copy.copy(line)  # the page goes on showing what is stored
            if is_removed:
                self._try("removed", token, path.remove_line, changed, reason)
            else:
                changed.remark = typed
                self._try("changed", token, path.record_line, changed, reason)
        self._tell_lost_remarks()

    def _tell_lost_remarks(self) -> None:
        stored = {str(line.pk) for line in self.lines}
        for pk, (was, words) in self._seen.items():
            typed = self.typed(f"remark-{pk}")
            if pk not in stored and f"remove-{pk}" not in self.data and typed != _plain(was):
                problem = _(
                    "「%(words)s」はほかの人が外しました。備考「%(typed)s」は保存していません。"
                )
                self._tell("", problem % {"words": words, "typed": typed})

    def _add_lines(self, reason: str) -> None:
        """Record the new lines together: there may be hundreds."""
        new = list(self._new_lines())
        found = path.record_new_lines([line for _token, line in new], by=self.by, reason=reason)
        for position, error in found.items():
            for problem in _words(error):
                self._tell(new[position][0], problem)
        self.done["added"] += len(new) - len(found)

    def _new_lines(self) -> Iterator[tuple[str, Correspondence]]:
        """Yield the lines that were typed, each with the token of its node."""
        for key, place in self.new.items():
            olds: list[Place | None] = list(self._wanted(key))
            if self.typed(f"mark-{token_of(key)}"):
                olds.append(None)
            yield from self._lines_of(key, [(place, old) for old in olds])
        for key, place in self.old.items():
            is_dropped = bool(self.typed(f"mark-{token_of(key)}"))
            yield from self._lines_of(key, [(None, place)] if is_dropped else [])

    def _wanted(self, key: Key) -> Iterator[Place]:
        """Yield the old nodes typed or accepted for a new one, each once."""
        token = token_of(key)
        typed, accepted = self.typed(f"add-{token}"), set(self.data.getlist(f"accept-{token}"))
        meant = self.directory.find(typed) if typed else []
        if len(meant) > 1:
            problem = _("「%(typed)s」は次のうちどれですか：%(choices)s")
            choices = "、".join(self.listed[each] for each in meant)
            self._tell(token, problem % {"typed": typed, "choices": choices})
        elif typed and not meant:
            problem = _("「%(typed)s」に当たる前の計画の項目がありません。一覧から選んでください。")
            self._tell(token, problem % {"typed": typed})
        for other, place in self.old.items():
            if meant == [other] or token_of(other) in accepted:
                yield place

    def _lines_of(
        self, key: Key, pairs: list[tuple[Place | None, Place | None]]
    ) -> Iterator[tuple[str, Correspondence]]:
        token = token_of(key)
        note = self.typed(f"note-{token}")
        if note and not pairs and token not in self.problems:
            self._tell(token, _("備考を付ける対応を選んでください。"))
        for new, old in pairs:
            line = Correspondence(new_plan=self.plan, old_plan=self.old_plan, remark=note)
            for side, place in (("new", new), ("old", old)):
                if place is not None:
                    place.node.plan = place.plan
                    setattr(line, f"{side}_{FIELDS[place.key[0]]}", place.node)
            yield token, line

    # --- Words ---

    @property
    def news(self) -> list[str]:
        """What others have added and removed since the page was shown."""
        if "seen" not in self.data:
            return []
        stored = {str(line.pk) for line in self.lines}
        added = [self._both(line) for line in self.lines if str(line.pk) not in self._seen]
        gone = [words for pk, (_was, words) in self._seen.items() if pk not in stored]
        told = [
            (_("この画面を開いた後に、ほかの人が加えた対応：%(words)s"), added),
            (_("この画面を開いた後に、ほかの人が外した対応：%(words)s"), gone),
        ]
        return [words % {"words": "、".join(each)} for words, each in told if each]

    @cached_property
    def listed(self) -> dict[Key, str]:
        """Old node → the words under which it is listed, no two the same."""
        names = names_of_levels(self.old_plan, self.old.values())
        return {
            key: f"{place.node.code} {place.node.display_title}（{names[key[0]]}）"
            for key, place in self.old.items()
        }

    @cached_property
    def directory(self) -> Directory:
        nodes = self.old.items()
        return Directory((key, place.node.code, self.listed[key]) for key, place in nodes)

    def side(self, line: Correspondence, side: str) -> str:
        """Return the "new" or "old" side of a line in words."""
        key = side_of(line, side)
        if key is None:
            return _("（削除）") if side == "new" else _("（新設）")
        return words_of((self.new if side == "new" else self.old)[key])

    def _both(self, line: Correspondence) -> str:
        return f"{self.side(line, 'new')} ← {self.side(line, 'old')}"


def _plain(text: str) -> str:
    """Return a text as a box of one line would send it."""
    return " ".join(text.replace("\0", "").split())


def _words(error: ValidationError) -> Iterator[str]:
    """Yield what is wrong, naming the remark where it is that."""
    if not hasattr(error, "error_dict"):
        yield from error.messages
        return
    for name, messages in error.message_dict.items():
        for message in messages:
            yield _("備考：%(message)s") % {"message": message} if name == "remark" else message
