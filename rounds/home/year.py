"""What comes next in a town's year, told from the state of its data: 照会 → 回答 → 確認 →
外部評価 → 議会提出 → 公表 → 締切."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from indicators.models import Actual, Indicator
from measures.models import ProgressReport, ReviewComment
from municipalities import fiscal_year as fiscal_years
from municipalities.home import Item, Link, Panel, Task, shown
from municipalities.models import Municipality
from plans.choices import Period, WorkState
from plans.models import Plan, YearLock

from ..models import Publication, Request
from ..transfers.ownerless import asked_next, is_after_september, ownerless
from . import pages

CLOSED_AFTER = timedelta(days=180)
"""So long after its publication a year is expected to be closed."""
YEARS_WATCHED = 2
MOST_TOWNS = 3


@dataclass
class Step:
    """One step of a year: whether it is done, and what there is to say."""

    name: str
    is_done: bool
    said: str
    link: Link | None = None
    state: str = ""
    """How it stands in words."""
    is_next: bool = False
    is_running: bool = False


@dataclass
class YearState:
    """Everything about one year of a municipality's plans, as far as its steps ask."""

    town: Municipality
    fiscal_year: int
    plans: list[Plan] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    states: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """How many figures and reports stand in each state."""
    comments: int = 0
    unanswered: int = 0
    handed_out: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    """Kind of publication → the plans it has been made of."""
    closed: set[int] = field(default_factory=set)

    def words(self) -> str:
        return pages.year_words(self.town, self.fiscal_year)

    @property
    def is_published(self) -> bool:
        return len(self.handed_out[Publication.Kind.PUBLIC]) >= len(self.plans)


def told_to(
    towns: list[Municipality], today: date, progress: Mapping[int, Any]
) -> Iterator[Task | Panel]:
    """Yield what the data says is to be done next for the year just ended. `progress` tells of
    each open request how the sections stand."""
    ended = fiscal_years.of(today) - 1
    years = _read(towns, ended)
    for each in years:
        is_begun = each.requests or each.is_published or each.states[WorkState.CHECKED]
        if each.plans and not is_begun:
            yield _ask_for(each, _("%(year)sの実績を、まだ各課に照会していません"))
    yield from _without_owner(towns, today)
    yield from _september(towns, today)
    yield from _unpublished(towns, ended)
    yield from _not_closed(towns)
    for each in years:
        if each.plans:
            yield Panel(
                _("%(town)s %(year)sの進み具合") % {"town": each.town.name, "year": each.words()},
                "admin/home/_year.html",
                {"steps": _marked(_steps(each, progress))},
            )


def _ask_for(each: YearState, title: str) -> Task:
    return Task(
        title % {"year": each.words()},
        facts=(_("計画と期限を選ぶと、各課が答えるものは自動で決まります。"),),
        links=(Link(_("照会をつくる"), pages.new_request_url(each.town)),),
    )


# --- Reading --------------------------------------------------------------------------------------


def _in_force(towns: Iterable[Municipality], year: int) -> list[Plan]:
    """Return the plans that run in a year and that none has taken over from."""
    later = Plan.objects.in_force().filter(predecessor=OuterRef("pk"), takes_over_from__lte=year)
    return list(
        Plan.objects.in_force()
        .filter(
            Q(start_fiscal_year__isnull=True) | Q(start_fiscal_year__lte=year),
            Q(end_fiscal_year__isnull=True) | Q(end_fiscal_year__gte=year),
            ~Exists(later),
            municipality__in=towns,
        )
        .order_by("order", "slug")
    )


def _read(towns: list[Municipality], year: int) -> list[YearState]:
    """Return the year of each municipality. A constant number of queries."""
    found = {town.pk: YearState(town, year) for town in towns}
    plans = {plan.pk: plan for plan in _in_force(towns, year)}
    for plan in plans.values():
        found[plan.municipality_id].plans.append(plan)
    asked = Request.objects.filter(municipality__in=towns, fiscal_year=year, period=Period.YEAR_END)
    for request in asked.order_by("number"):
        found[request.municipality_id].requests.append(request)
    of_year = {"fiscal_year": year, "period": Period.YEAR_END}
    figures = Actual.objects.filter(series__indicators__plan__in=plans, **of_year)
    reports = ProgressReport.objects.filter(row__action__plan__in=plans, **of_year)
    for rows, town in (
        (figures, "series__municipality"),
        (reports, "row__action__plan__municipality"),
    ):
        counted = rows.order_by().values_list(town, "state")
        for number, state, count in counted.annotate(count=Count("pk", distinct=True)):
            found[number].states[state] += count
    comments = ReviewComment.objects.filter(plan__in=plans, fiscal_year=year).order_by()
    for number, count, unanswered in comments.values_list("plan__municipality").annotate(
        count=Count("pk"), unanswered=Count("pk", filter=Q(answer=""))
    ):
        found[number].comments, found[number].unanswered = count, unanswered
    handed_out = Publication.objects.filter(plan__in=plans, **of_year).order_by()
    for plan, kind in handed_out.values_list("plan", "kind").distinct():
        found[plans[plan].municipality_id].handed_out[kind].add(plan)
    locks = YearLock.objects.filter(plan__in=plans, fiscal_year=year)
    for plan in locks.values_list("plan", flat=True):
        found[plans[plan].municipality_id].closed.add(plan)
    return list(found.values())


# --- The steps ------------------------------------------------------------------------------------


def _steps(each: YearState, progress: Mapping[int, Any]) -> list[Step]:
    sent = [request for request in each.requests if request.state != Request.State.DRAFT]
    open_ = [request for request in sent if request.is_open]
    checked = each.states[WorkState.CHECKED]
    unchecked = sum(each.states.values()) - checked
    public, council = (
        each.handed_out[Publication.Kind.PUBLIC],
        each.handed_out[Publication.Kind.COUNCIL],
    )
    publish = Link(_("公表する"), reverse("admin:rounds_publication_publish"))
    comments = pages.list_url(ReviewComment, fiscal_year=each.fiscal_year)
    return [
        Step(
            _("照会"),
            bool(sent),
            pages.comma(request.title for request in each.requests) or _("まだありません。"),
            Link(_("照会をつくる"), pages.new_request_url(each.town)),
        ),
        Step(
            _("回答"),
            bool(sent) and not any(progress[r.pk].missing for r in open_ if r.pk in progress),
            pages.comma(progress[r.pk].words() for r in open_ if r.pk in progress)
            or (_("受付を終えました。") if sent else ""),
            Link(_("回答状況を見る"), pages.board_url(sent[-1])) if sent else None,
            is_running=bool(open_),
        ),
        Step(
            _("確認"),
            bool(checked) and not unchecked,
            _("確認済 %(checked)d件、それより前の行 %(unchecked)d件")
            % {"checked": checked, "unchecked": unchecked},
            Link(_("実績を見る"), pages.list_url(Actual, fiscal_year=each.fiscal_year))
            if checked or unchecked
            else None,
        ),
        Step(
            _("外部評価"),
            bool(each.comments) and not each.unanswered,
            _("意見 %(all)d件、回答のない意見 %(count)d件")
            % {"all": each.comments, "count": each.unanswered}
            if each.comments
            else _("意見はまだ登録されていません。"),
            Link(_("意見と回答を見る"), comments)
            if each.comments
            else Link(_("意見を登録する"), reverse("admin:measures_reviewcomment_add")),
        ),
        Step(_("議会提出"), _covers(council, each), _plans_done(council, each), publish),
        Step(_("公表"), _covers(public, each), _plans_done(public, each), publish),
        Step(
            _("締切"),
            _covers(each.closed, each),
            _plans_done(each.closed, each),
            Link(_("年度を締め切る"), pages.close_url(each.town, each.plans, each.fiscal_year)),
        ),
    ]


def _covers(done: set[int], each: YearState) -> bool:
    return all(plan.pk in done for plan in each.plans)


def _plans_done(done: set[int], each: YearState) -> str:
    return _("%(all)d計画中%(done)d計画") % {"all": len(each.plans), "done": len(done)}


def _marked(steps: list[Step]) -> list[Step]:
    """Say of each step how it stands; the first that is not done after the last that is, comes
    next. What was passed over, such as a review a town does not hold, is not asked for."""
    last = max((place for place, step in enumerate(steps) if step.is_done), default=-1)
    for place, step in enumerate(steps):
        step.is_next = place == last + 1 and not step.is_running
        if step.is_done:
            step.state = _("済み")
        elif step.is_running:
            step.state = _("進行中")
        elif place < last:
            step.state = _("記録なし")
        else:
            step.state = _("次にすること") if step.is_next else _("これから")
        if not step.is_next and not step.is_running:
            step.link = None
    return steps


# --- What was forgotten ---------------------------------------------------------------------------


def _without_owner(towns: list[Municipality], today: date) -> Iterator[Task]:
    """Yield what nobody can answer of the year that is asked for next."""
    year = asked_next(today)
    for town in towns[:MOST_TOWNS]:
        found = ownerless(town, plans=_in_force([town], year), fiscal_year=year, day=today)
        if found:
            yield Task(
                _("%(year)sに答える人のいないもの：%(count)d件")
                % {"year": pages.year_words(town, year), "count": len(found)},
                facts=(_("照会を送る前に、担当課と入力担当を決めてください。"),),
                links=(
                    Link(
                        _("人事異動・組織改編を登録する"),
                        f"{reverse('admin:municipalities_department_transfers')}"
                        f"?{urlencode({'municipality': town.slug})}",
                    ),
                ),
                **shown(Item(each.what, each.url, each.why) for each in found),
            )


def _september(towns: list[Municipality], today: date) -> Iterator[Task]:
    """Yield the towns whose plans are reported in September, and that have not been asked."""
    if not is_after_september(today):
        return
    year = fiscal_years.of(today)
    reporting = [plan for plan in _in_force(towns, year) if plan.label_mid_year]
    of_september = {"fiscal_year": year, "period": Period.MID_YEAR}
    asked = set(
        Request.objects.filter(municipality__in=towns, **of_september).values_list(
            "municipality", flat=True
        )
    )
    handed_out = set(
        Publication.objects.filter(plan__in=reporting, **of_september).values_list(
            "plan", flat=True
        )
    )
    for town in towns:
        plan = next(
            (
                each
                for each in reporting
                if each.municipality_id == town.pk and each.pk not in handed_out
            ),
            None,
        )
        if plan is not None and town.pk not in asked:
            title = _("%%(year)sの%(period)sを、まだ各課に照会していません")
            period = {"period": plan.period_name(Period.MID_YEAR)}
            yield _ask_for(YearState(town, year), title % period)


def _unpublished(towns: list[Municipality], ended: int) -> Iterator[Task]:
    """Yield how many checked rows no publication has printed as they stand."""
    years = range(ended + 1 - YEARS_WATCHED, ended + 2)
    plans = {
        plan.pk: plan
        for plan in Plan.objects.filter(municipality__in=towns, stage=Plan.Stage.CURRENT)
    }
    running = {year: {plan.pk for plan in _in_force(towns, year)} for year in years}
    printed: dict[tuple[int, int, str], datetime] = {}
    told: set[tuple[int, str]] = set()
    public = Publication.objects.filter(plan__in=plans, kind=Publication.Kind.PUBLIC)
    for number, year, period, at in public.order_by("created_at").values_list(
        "plan", "fiscal_year", "period", "created_at"
    ):
        printed[number, year, period] = at
        told.add((number, period))
    found: Counter[tuple[int, int, str]] = Counter()
    for number, year, period, changed_at in _checked(plans, years):
        is_reported = (
            period == Period.YEAR_END
            or (number, period) in told
            or (period == Period.MID_YEAR and plans[number].label_mid_year)
        )
        at = printed.get((number, year, period))
        if number in running[year] and is_reported and (at is None or at < changed_at):
            found[number, year, period] += 1
    if not found:
        return
    known = {town.pk: town for town in towns}
    yield Task(
        _("確認済みで、まだ公表していない行：%(count)d件") % {"count": found.total()},
        facts=(_("公表するまで、市民には前のままの内容が見えます。"),),
        links=(Link(_("公表する"), reverse("admin:rounds_publication_publish")),),
        **shown(
            Item(
                f"{plans[number]} {pages.year_words(known[plans[number].municipality_id], year)}"
                f" {plans[number].period_name(period)}",
                "",
                _("%(count)d件") % {"count": count},
            )
            for (number, year, period), count in sorted(found.items())
        ),
    )


def _checked(plans: Iterable[int], years: range) -> Iterator[tuple[int, int, str, datetime]]:
    """Yield plan, year, period and last change of the checked rows the plans show."""
    shown_in: dict[int, list[Indicator]] = defaultdict(list)
    for indicator in Indicator.objects.filter(plan__in=plans):
        shown_in[indicator.series_id].append(indicator)
    checked = {"state": WorkState.CHECKED, "fiscal_year__in": years}
    figures = Actual.objects.filter(series__indicators__plan__in=plans, **checked)
    for series, year, period, changed_at in (
        figures.order_by().values_list("series", "fiscal_year", "period", "updated_at").distinct()
    ):
        for indicator in shown_in[series]:
            if indicator.is_in_year(year):
                yield indicator.plan_id, year, period, changed_at
    reports = ProgressReport.objects.filter(row__action__plan__in=plans, **checked)
    yield from reports.order_by().values_list(
        "row__action__plan", "fiscal_year", "period", "updated_at"
    )


def _not_closed(towns: list[Municipality]) -> Iterator[Task]:
    """Yield the years that have long been published and are not closed."""
    known = {town.pk: town for town in towns}
    lock = YearLock.objects.filter(plan=OuterRef("plan"), fiscal_year=OuterRef("fiscal_year"))
    published = (
        Publication.objects.filter(
            ~Exists(lock),
            plan__municipality__in=towns,
            kind=Publication.Kind.PUBLIC,
            period=Period.YEAR_END,
            effective_at__lt=timezone.now() - CLOSED_AFTER,
        )
        .select_related("plan")
        .order_by("plan", "fiscal_year", "number")
    )
    years = {(each.plan_id, each.fiscal_year): each for each in published}
    if years:
        oldest = min(years.values(), key=lambda each: each.fiscal_year)
        town, year = known[oldest.plan.municipality_id], oldest.fiscal_year
        together = [
            each.plan
            for each in years.values()
            if (each.plan.municipality_id, each.fiscal_year) == (town.pk, year)
        ]
        yield Task(
            _("公表して半年を過ぎ、締め切られていない年度：%(count)d件") % {"count": len(years)},
            facts=(_("締め切ると、その年度の数値と報告は変えられなくなります。"),),
            links=(Link(_("年度を締め切る"), pages.close_url(town, together, year)),),
            **shown(
                Item(f"{each.plan} {pages.year_words(known[each.plan.municipality_id], year)}")
                for (_plan, year), each in years.items()
            ),
        )
