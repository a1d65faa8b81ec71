"""基本目標2：健康と福祉。"""

from datetime import date
from decimal import Decimal

from indicators.choices import Accumulation, Basis, Direction, MissingReason, TargetKind

from .shapes import (
    SUBMITTED,
    Line,
    Round,
    at_least,
    baseline,
    in_state,
    missing,
    no_survey,
    not_started,
    provisional,
    settled,
    target,
    unavailable,
    value,
    years,
)

GOAL = {
    "code": "2",
    "label": "基本目標2",
    "title": "支え合い、すこやかに暮らせるまち",
    "slogan": "健康・福祉",
    "summary": "病気になる前の健康づくりと、住み慣れた地域での支え合いを広げます。",
    "vision": "年を重ねても、障がいがあっても、自分らしい役割をもって暮らしています。",
    "policies": [
        {
            "code": "2-1",
            "label": "政策3",
            "title": "自分で守り、みんなで支える健康",
            "summary": "健診を受けやすくし、歩く・集うきっかけをまちの中に増やします。",
            "vision": "健診と運動が暮らしの習慣になり、健康寿命が延びています。",
            "current_state": "特定健康診査の受診率は県内の市の平均を下回り、40歳代・50歳代の"
            "受診が特に少ない状況です。",
            "issues": "働き盛りの世代が受けやすい日程と場所が足りません。"
            "運動のきっかけがあっても続かない人が多くいます。",
            "sdgs": (3,),
            "measures": [
                {
                    "code": "2-1-1",
                    "label": "施策①",
                    "title": "健診と重症化の予防",
                    "sdgs": (3,),
                    "actions": [
                        {
                            "code": "2-1-1-1",
                            "label": "(1)",
                            "title": "休日健診と受診の呼びかけ",
                            "rows": [("kenko",)],
                        },
                        {
                            "code": "2-1-1-2",
                            "label": "(2)",
                            "title": "糖尿病の重症化予防",
                            "summary": "医師会と連携して保健指導を行います。",
                            "rows": [("kenko",)],
                        },
                    ],
                },
                {
                    "code": "2-1-2",
                    "label": "施策②",
                    "title": "歩きたくなるまちと運動習慣",
                    "sdgs": (3, 11),
                    "actions": [
                        {
                            "code": "2-1-2-1",
                            "label": "(1)",
                            "title": "健康ポイントとウォーキングコース",
                            "rows": [("kenko",), ("toshi",)],
                        },
                    ],
                },
            ],
        },
        {
            "code": "2-2",
            "label": "政策4",
            "title": "住み慣れた地域での暮らしを支える福祉",
            "summary": "介護予防と就労の支援を、身近な集まりの場から進めます。",
            "vision": "助けが必要になっても、顔見知りの中で暮らし続けています。",
            "current_state": "75歳以上の人口は2030年ごろまで増えます。通いの場は62か所で、"
            "担い手の平均年齢は74歳です。",
            "issues": "通いの場の担い手の後継者がいません。障がいのある人が一般企業で"
            "働き続けるための支えが足りません。",
            "sdgs": (3, 8, 10),
            "measures": [
                {
                    "code": "2-2-1",
                    "label": "施策①",
                    "title": "介護予防と支え合い",
                    "sdgs": (3,),
                    "actions": [
                        {
                            "code": "2-2-1-1",
                            "label": "(1)",
                            "title": "通いの場の立ち上げと継続の支援",
                            "rows": [("korei",), ("shimin",)],
                        },
                    ],
                },
                {
                    "code": "2-2-2",
                    "label": "施策②",
                    "title": "障がいのある人の就労と社会参加",
                    "sdgs": (8, 10),
                    "actions": [
                        {
                            "code": "2-2-2-1",
                            "label": "(1)",
                            "title": "一般企業への就労の支援",
                            "rows": [("shogai",)],
                        },
                        {
                            "code": "2-2-2-2",
                            "label": "(2)",
                            "title": "手話通訳者の派遣",
                            "note": "令和4年度に「意思疎通の支援」へ統合した。",
                            "last_fiscal_year": 2021,
                            "life_reason": "merged",
                            "life_note": "意思疎通の支援に統合",
                            "rows": [("shogai",)],
                        },
                        {
                            "code": "2-2-2-3",
                            "label": "(3)",
                            "title": "意思疎通の支援",
                            "first_fiscal_year": 2022,
                            "life_reason": "added",
                            "rows": [("shogai",)],
                        },
                    ],
                },
            ],
        },
    ],
}

_BOARD = "みほん市健康統計"

LINES = [
    Line(
        code="2-0-1",
        on="goal 2",
        series={
            "code": "healthy-life",
            "name": "健康寿命（65歳からの自立した期間）",
            "unit": "年",
            "decimals": 2,
            "definition": "65歳の人が要介護2以上にならずに過ごす期間の平均。その年度までの"
            "3年間の人口と認定者数から算出する。",
            "basis": Basis.MEAN_OF_YEARS,
            "mean_years": 3,
            "source": _BOARD,
            "settled_month": 3,
        },
        direction=Direction.RISING,
        baseline=baseline(
            "18.62", 2018, is_average=True, mark="※1", note="平成28年度から平成30年度の平均。"
        ),
        targets=[at_least(2027, "19.20", mark="※1")],
        values={
            **{
                year: (
                    missing(MissingReason.NOT_COMPILED, date(year + 2, 3, 1)),
                    settled(number, Round.LATE),
                )
                for year, number in years(2020, "18.71", "18.74", "18.80", "18.88").items()
            },
            2024: value("18.93", note="算出が早まり、この年度から9月に公表。"),
            2025: missing(MissingReason.NOT_COMPILED, date(2027, 3, 1)),
        },
        sections=("kenko", "korei"),
    ),
    Line(
        code="2-1-1",
        on="measure 2-1-1",
        series={
            "code": "checkups",
            "name": "特定健康診査の受診率",
            "unit": "%",
            "decimals": 1,
            "definition": "40～74歳の国民健康保険の被保険者のうち健診を受けた人の割合。",
            "source": "特定健康診査・特定保健指導法定報告",
            "settled_month": 9,
            "common": "checkups",
        },
        direction=Direction.RISING,
        baseline=baseline("41.8", 2018),
        targets=[at_least(2023, "50.0"), at_least(2027, "60.0")],
        values=years(
            2020,
            (provisional("35.9"), settled("36.4")),
            (provisional("41.0"), settled("41.6")),
            (provisional("44.2"), settled("45.1")),
            (provisional("47.0"), settled("47.6")),
            (provisional("49.3"), settled("49.8")),
            provisional("51.2", note="法定報告の確定は令和8年11月の予定。"),
        ),
        forecast={2024: "49.5"},
        sections=("kenko",),
    ),
    Line(
        code="2-1-2",
        on="measure 2-1-2",
        series={
            "code": "exercise",
            "name": "週1回以上運動する市民の割合",
            "unit": "%",
            "decimals": 1,
            "definition": "市民健康アンケート（3年ごと）で週1回以上運動すると答えた割合。",
            "basis": Basis.SURVEY_YEAR,
            "source": "市民健康アンケート",
        },
        direction=Direction.RISING,
        baseline=unavailable("前回の調査では尋ねていない。"),
        targets=[at_least(2027, "50.0")],
        values={**no_survey(2020, 2022, 2023, 2025), 2021: "38.2", 2024: "43.7"},
        sections=("kenko",),
    ),
    Line(
        code="2-1-3",
        on="policy 2-1",
        series={
            "code": "walking-course",
            "name": "健康ポイントの参加者数",
            "unit": "人",
            "source": "健康増進課調べ",
        },
        direction=Direction.RISING,
        baseline=not_started(2022, "R4年度開始"),
        targets=[at_least(2024, "2000"), at_least(2027, "3500")],
        values=years(2022, "1120", "1980", "2640", "3015"),
        mid={2023: "1610", 2025: "2870", 2026: in_state("3190", SUBMITTED)},
        forecast={2024: "2600"},
        sections=("kenko",),
        fields={
            "first_fiscal_year": 2022,
            "life_reason": "added",
            "life_note": "健康ポイント事業の開始に合わせて追加",
        },
    ),
    Line(
        code="2-2-1",
        on="policy 2-2",
        series={
            "code": "care-rate",
            "name": "要介護認定率",
            "unit": "%",
            "decimals": 1,
            "definition": "65歳以上の人のうち要介護・要支援の認定を受けた人の割合（年度末）。",
            "source": "介護保険事業状況報告",
        },
        direction=Direction.FALLING,
        baseline=baseline("17.2", 2019),
        targets=[
            target(
                2027,
                TargetKind.MAINTAIN,
                "17.2",
                tolerance=Decimal("1.0"),
                value_label="17%台を維持",
                note="高齢化が進む中で、上昇を1.0ポイントまでに抑える。",
            )
        ],
        values=years(2020, "17.3", "17.5", "17.6", "17.9", "18.0", "18.2"),
        sections=("korei",),
    ),
    Line(
        code="2-2-2",
        on="measure 2-2-1",
        series={
            "code": "gathering-places",
            "name": "住民が運営する通いの場の数",
            "unit": "か所",
            "definition": "月1回以上開かれる、住民が運営する介護予防の集まりの数（年度末）。",
            "source": "高齢介護課調べ",
        },
        direction=Direction.RISING,
        baseline=baseline("62", 2019),
        targets=[target(2027, TargetKind.MAINTAIN, "62", value_label="維持")],
        values=years(2020, "48", "51", "57", "60", "62", "64"),
        mid={2023: "59", 2025: "63"},
        sections=("korei",),
    ),
    Line(
        code="2-2-3",
        on="measure 2-2-2",
        series={
            "code": "employed",
            "name": "支援を受けて一般企業に就職した障がいのある人",
            "unit": "人",
            "definition": "一般企業に就職した人の数。令和2年度からの合計で評価する。",
            "accumulation": Accumulation.SUM,
            "start_fiscal_year": 2020,
            "source": "障がい福祉課調べ",
        },
        direction=Direction.RISING,
        baseline=unavailable("令和2年度から数え始めるため基準値なし。"),
        targets=[at_least(2023, "40"), at_least(2027, "80")],
        values=years(2020, "7", "9", "8", "12", "11", "13"),
        mid={2023: "5", 2025: "6", 2026: in_state("4", SUBMITTED)},
        sections=("shogai",),
    ),
]
