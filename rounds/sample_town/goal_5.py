"""基本目標5：行財政と市民参画。"""

from datetime import date
from decimal import Decimal

from indicators.choices import Accumulation, Basis, Direction, MissingReason, TargetKind

from .shapes import (
    DRAFT,
    Line,
    at_least,
    at_most,
    baseline,
    between,
    in_state,
    missing,
    not_started,
    target,
    value,
    years,
)

GOAL = {
    "code": "5",
    "label": "基本目標5",
    "title": "信頼され、続いていく市役所",
    "slogan": "行財政・市民参画",
    "summary": "健全な財政を保ち、手続を簡単にし、決める場に多様な市民の声を入れます。",
    "vision": "市役所に行かなくても手続が済み、まちの決め事に自分の声が届いています。",
    "actions": [
        {
            "code": "5-0-1",
            "label": "(共)",
            "title": "計画の進み具合の公開",
            "summary": "指標と取組の結果を毎年度公開し、審議会の意見と市の対応をあわせて示します。",
            "rows": [("kikaku",)],
        },
    ],
    "policies": [
        {
            "code": "5-1",
            "label": "政策9",
            "title": "将来に負担を残さない財政",
            "summary": "市税の収納、公共施設の総量、借入の残高を見える形で管理します。",
            "vision": "必要な投資をしながら、借入の負担が増えていません。",
            "current_state": "公共施設の延べ面積は市民1人当たり4.1m²で、更新の時期が"
            "今後20年に集中します。将来負担比率は県内の市の平均を上回っています。",
            "issues": "社会保障の経費が増え、自由に使えるお金が減っています。",
            "sdgs": (11, 16),
            # No measures here: the actions hang on the policy itself.
            "actions": [
                {
                    "code": "5-1-1",
                    "label": "(1)",
                    "title": "公共施設の再編",
                    "rows": [("zaisei",), ("kikaku",)],
                },
                {
                    "code": "5-1-2",
                    "label": "(2)",
                    "title": "市税などの収納対策",
                    "rows": [("zeimu",)],
                },
            ],
        },
        {
            "code": "5-2",
            "label": "政策10",
            "title": "開かれた市政とデジタル化",
            "summary": "オンラインの手続を増やし、審議会や説明会に参加しやすくします。",
            "vision": "時間と場所を選ばずに手続と参加ができます。",
            "current_state": "オンラインで完結する手続は計画の開始時にはありませんでした。",
            "issues": "スマートフォンに不慣れな人への支えが要ります。"
            "審議会の委員の年代と性別に偏りがあります。",
            "sdgs": (5, 16, 17),
            "measures": [
                {
                    "code": "5-2-1",
                    "label": "施策①",
                    "title": "行かなくてよい市役所",
                    "sdgs": (9, 16),
                    "actions": [
                        {
                            "code": "5-2-1-1",
                            "label": "(1)",
                            "title": "手続のオンライン化と相談の場",
                            "rows": [("joho",), ("soumu",)],
                        },
                        {
                            "code": "5-2-1-2",
                            "label": "(2)",
                            "title": "公共施設のWi-Fi整備",
                            "last_fiscal_year": 2022,
                            "life_reason": "completed",
                            "life_note": "予定した24施設の整備を終えたため",
                            "rows": [("joho",)],
                        },
                    ],
                },
                {
                    "code": "5-2-2",
                    "label": "施策②",
                    "title": "参加しやすい市政",
                    "sdgs": (5, 16),
                    "actions": [
                        {
                            "code": "5-2-2-1",
                            "label": "(1)",
                            "title": "審議会への多様な市民の参加",
                            "rows": [("shimin",)],
                        },
                    ],
                },
            ],
        },
    ],
}

_ACCOUNTS = "地方財政状況調査"

LINES = [
    Line(
        code="5-1-1",
        on="policy 5-1",
        series={
            "code": "fiscal-strength",
            "name": "財政力指数（3か年平均）",
            "decimals": 3,
            "definition": "基準財政収入額 ÷ 基準財政需要額の3年間の平均。",
            "basis": Basis.MEAN_OF_YEARS,
            "mean_years": 3,
            "source": _ACCOUNTS,
        },
        direction=Direction.RISING,
        baseline=baseline(
            "0.612", 2018, is_average=True, mark="※2", note="平成28年度から平成30年度の平均。"
        ),
        targets=[
            target(
                2027,
                TargetKind.MAINTAIN,
                "0.612",
                tolerance=Decimal("0.020"),
                value_label="現状維持",
                mark="※2",
            )
        ],
        values=years(2020, "0.618", "0.609", "0.601", "0.597", "0.594", "0.590"),
        sections=("zaisei",),
    ),
    Line(
        code="5-1-2",
        on="policy 5-1",
        series={
            "code": "future-burden",
            "name": "将来負担比率",
            "unit": "%",
            "decimals": 1,
            "definition": "将来払うべき負債から積立金などを引いた額の、標準的な収入に対する割合。"
            "負の値は積立金などが負債を上回ることを表す。",
            "source": _ACCOUNTS,
        },
        direction=Direction.FALLING,
        baseline=baseline("12.4", 2018),
        targets=[at_most(2027, "0.0")],
        values=years(2020, "9.8", "5.1", "0.6", "-3.2", "-7.9", "-6.4"),
        sections=("zaisei",),
    ),
    Line(
        code="5-1-3",
        on="policy 5-1",
        series={
            "code": "tax-collection",
            "name": "市税の収納率",
            "unit": "%",
            "decimals": 2,
            "definition": "現年度分と滞納繰越分を合わせた収納率（5月31日の出納閉鎖後の値）。",
            "accumulation": Accumulation.FLOW,
            "source": "市税決算資料",
        },
        direction=Direction.RISING,
        baseline=baseline("97.84", 2018),
        targets=[at_least(2023, "98.20"), at_least(2027, "98.50")],
        values=years(2020, "97.61", "98.02", "98.19", "98.31", "98.44", "98.57"),
        sections=("zeimu",),
    ),
    Line(
        code="5-1-4",
        on="policy 5-1",
        series={
            "code": "facility-plan",
            "name": "公共施設再編計画の策定",
            "definition": "市の公共施設の統合・廃止・長寿命化の順序を定める計画の策定。",
            "source": "財政課調べ",
        },
        direction=Direction.NONE,
        baseline=baseline("0", 2019, value_label="未策定"),
        targets=[
            target(2023, TargetKind.TEXT, text="策定"),
            target(2027, TargetKind.TEXT, text="改定"),
        ],
        values=years(
            2020,
            value("0", value_label="検討中"),
            value("0", value_label="素案"),
            value("1", value_label="策定", note="令和5年3月に策定。"),
            value("1", value_label="策定済"),
            value("1", value_label="策定済"),
            value("1", value_label="改定の準備中"),
        ),
        sections=("zaisei", "kikaku"),
    ),
    Line(
        code="5-2-1",
        on="measure 5-2-1",
        series={
            "code": "e-applications",
            "name": "電子申請の利用件数",
            "unit": "件",
            "accumulation": Accumulation.FLOW,
            "source": "情報政策室調べ",
        },
        direction=Direction.RISING,
        baseline=baseline("1240", 2019),
        targets=[at_least(2027, "6000")],
        values=years(2020, "2105", "3870"),
        sections=("joho",),
        fields={
            "last_fiscal_year": 2021,
            "life_reason": "redefined",
            "life_note": "件数ではなく「オンラインで完結する手続の数」で測ることにした",
        },
    ),
    Line(
        code="5-2-2",
        on="measure 5-2-1",
        series={
            "code": "online-procedures",
            "name": "オンラインで完結する手続の数",
            "unit": "件",
            "definition": "申請から支払い、受け取りまでオンラインで終わる手続の種類の数。",
            "source": "デジタル推進課調べ",
        },
        direction=Direction.RISING,
        baseline=not_started(2022, "R4年度開始"),
        targets=[at_least(2024, "80"), at_least(2027, "150")],
        values=years(2022, "31", "64", "92", "118"),
        mid={2023: "47", 2025: "104", 2026: in_state("126", DRAFT)},
        forecast={2024: "88"},
        sections=("joho",),
        fields={
            "first_fiscal_year": 2022,
            "life_reason": "redefined",
            "life_note": "「電子申請の利用件数」に代わる指標",
        },
    ),
    Line(
        code="5-2-3",
        on="measure 5-2-1",
        series={
            "code": "wifi",
            "name": "Wi-Fiを整備した公共施設の数",
            "unit": "施設",
            "accumulation": Accumulation.RUNNING_TOTAL,
            "source": "情報政策室調べ",
        },
        direction=Direction.RISING,
        baseline=baseline("9", 2019),
        targets=[at_least(2022, "24")],
        values=years(2020, "14", "20", "24"),
        sections=("joho",),
        fields={
            "last_fiscal_year": 2022,
            "life_reason": "completed",
            "life_note": "予定した全施設の整備を終えた",
        },
    ),
    Line(
        code="5-2-4",
        on="measure 5-2-2",
        series={
            "code": "women-members",
            "name": "審議会などの女性委員の割合",
            "unit": "%",
            "decimals": 1,
            "definition": "法令や条例による審議会の委員のうち女性の割合（翌年度の4月1日現在）。",
            "basis": Basis.AS_OF_DATE,
            "as_of_month": 4,
            "as_of_day": 1,
            "source": "市民協働課調べ",
        },
        direction=Direction.NONE,
        baseline=baseline("28.4", 2019),
        targets=[between(2027, "40.0", "60.0", note="どちらの性も4割を下回らない状態。")],
        values=years(2020, "29.1", "30.6", "33.2", "36.8", "40.3", "41.7"),
        sections=("shimin",),
    ),
    Line(
        code="5-2-5",
        on="measure 5-2-2",
        series={
            "code": "public-comments",
            "name": "説明会とオンライン意見募集の参加者数",
            "unit": "人",
            "accumulation": Accumulation.FLOW,
            "source": "市民協働課調べ",
        },
        direction=Direction.RISING,
        baseline=baseline("640", 2018),
        targets=[at_least(2027, "1500")],
        values=years(
            2020,
            missing(MissingReason.SPECIAL, note="感染症対策で説明会を開かなかった。"),
            "388",
            "702",
            "911",
            "1086",
            missing(MissingReason.NOT_COMPILED, date(2026, 12, 1)),
        ),
        sections=("shimin",),
    ),
    Line(
        code="5-0-1",
        on="goal 5",
        series={
            "code": "overtime",
            "name": "職員1人当たりの月の時間外勤務",
            "unit": "時間",
            "decimals": 1,
            "definition": "管理職を除く職員の月平均。",
            "accumulation": Accumulation.FLOW,
            "source": "人事統計",
        },
        direction=Direction.FALLING,
        baseline=baseline("14.2", 2018),
        targets=[at_most(2027, "10.0")],
        values=years(2020, "15.6", "14.9", "13.8", "12.9", "12.1", "11.6"),
        sections=("soumu",),
    ),
]
