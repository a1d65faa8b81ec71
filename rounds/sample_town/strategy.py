"""The second plan, みほん市みらい総合戦略: five of its numbers are also in the first plan."""

from datetime import date

from indicators.choices import Accumulation, Direction
from plans.models import Plan

from .shapes import Line, at_least, baseline, value, years

PLAN = {
    "slug": "senryaku",
    "title": "みほん市みらい総合戦略（架空）",
    "title_note": "架空の計画です。",
    "stage": Plan.Stage.ENDED,
    "start_fiscal_year": 2020,
    "end_fiscal_year": 2025,
    "period_label": "令和2年度～令和7年度",
    "period_note": "令和6年度までの計画を1年延長した。",
    "summary": "みらい計画のうち、人口の減少を和らげる取組を選んだ戦略です。"
    "指標の一部はみらい計画と同じ数字を使い、基準値と目標値だけが異なります。",
    "scope_note": "架空の計画の全体を収録しています。",
    "source": "みほん市みらい総合戦略（令和2年3月策定）",
    "order": 2,
    "label_basic_goal": "戦略の柱",
    "label_indicator": "重要業績評価指標",
}

GOALS = [
    {
        "code": "1",
        "label": "柱1",
        "title": "若い世代が暮らしたくなる",
        "summary": "出会い、住まい、子育てを一続きで支えます。",
        "measures": [
            {"code": "1-1", "label": "1-1", "title": "移住・定住の相談", "sdgs": (11,)},
            {"code": "1-2", "label": "1-2", "title": "子育て世帯の応援", "sdgs": (3, 4)},
        ],
    },
    {
        "code": "2",
        "label": "柱2",
        "title": "仕事とにぎわいを生む",
        "summary": "創業と観光で、まちの外からも人とお金を呼び込みます。",
        "measures": [
            {"code": "2-1", "label": "2-1", "title": "創業の支援", "sdgs": (8,)},
            {"code": "2-2", "label": "2-2", "title": "里山観光", "sdgs": (8, 15)},
        ],
    },
]

_EXTENDED = {
    "revision": 1,
    "decided_on": date(2024, 12, 20),
    "effective_from": 2024,
    "reason": "戦略の期間を1年延長したため。",
}

LINES = [
    Line(
        code="s-1",
        on="",
        series="population",
        direction=Direction.RISING,
        baseline=baseline("48475", 2018),
        targets=[at_least(2024, "47000"), at_least(2025, "46800", **_EXTENDED)],
    ),
    Line(
        code="s-2",
        on="goal 1",
        series="births",
        direction=Direction.RISING,
        baseline=baseline("350", 2018, label="平成30年"),
        targets=[at_least(2025, "350")],
        sections=("kosodate",),
    ),
    Line(
        code="s-3",
        on="goal 1",
        series="want-to-stay",
        direction=Direction.RISING,
        baseline=baseline("73.6", 2019),
        targets=[at_least(2025, "77.0")],
        sections=("kikaku",),
    ),
    Line(
        code="s-4",
        on="measure 1-1",
        series={
            "code": "relocation-advice",
            "name": "移住相談の件数",
            "unit": "件",
            "accumulation": Accumulation.FLOW,
            "source": "企画課調べ",
        },
        direction=Direction.RISING,
        baseline=baseline("62", 2018),
        targets=[at_least(2025, "160")],
        values=years(2020, "71", "98", "124", "139", "152", "171"),
        sections=("kikaku",),
    ),
    Line(
        code="s-5",
        on="measure 1-1",
        series={
            "code": "net-migration",
            "name": "転入者数と転出者数の差",
            "unit": "人",
            "definition": "1年間の転入者数から転出者数を引いた数。負の値は転出が多いことを表す。",
            "accumulation": Accumulation.FLOW,
            "source": "住民基本台帳",
        },
        direction=Direction.RISING,
        baseline=baseline("-186", 2018),
        targets=[at_least(2025, "0", value_label="±0")],
        values=years(2020, "-142", "-151", "-98", "-73", value("0", value_label="±0"), "-21"),
        sections=("kikaku", "shimin"),
    ),
    Line(
        code="s-6",
        on="measure 2-1",
        series="startups",
        direction=Direction.RISING,
        baseline=baseline("0", 2019),
        targets=[at_least(2025, "80")],
        sections=("shoko",),
        fields={"name": "創業件数（累計）"},
    ),
    Line(
        code="s-7",
        on="measure 2-2",
        series="visitors",
        direction=Direction.RISING,
        baseline=baseline("405.3", 2017, label="平成29年"),
        targets=[at_least(2025, "450.0")],
        sections=("shoko",),
    ),
]
