"""基本目標4：環境と産業。"""

from datetime import date

from indicators.choices import Accumulation, Basis, Direction, MissingReason, TargetKind

from .shapes import (
    APPROVED,
    SUBMITTED,
    Line,
    Round,
    at_least,
    at_most,
    baseline,
    in_state,
    missing,
    no_survey,
    provisional,
    source_revised,
    target,
    value,
    years,
)

GOAL = {
    "code": "4",
    "label": "基本目標4",
    "title": "自然と仕事がめぐるまち",
    "slogan": "環境・産業",
    "summary": "ごみと温室効果ガスを減らし、地域の中で仕事とお金がめぐる仕組みを育てます。",
    "vision": "里山と田園の景色を受け継ぎながら、ここで働きたい人が仕事を見つけています。",
    "policies": [
        {
            "code": "4-1",
            "label": "政策7",
            "title": "脱炭素と資源の循環",
            "summary": "家庭と事業所のごみを減らし、市の施設から再生可能エネルギーを広げます。",
            "vision": "2050年の実質排出ゼロへ向け、市民と事業者がそれぞれの一歩を選んでいます。",
            "current_state": "1人1日当たりのごみの量は全国平均と同じくらいです。"
            "生ごみの8割は水分です。",
            "issues": "事業系のごみの分別が進んでいません。温室効果ガスの値が確定するのは"
            "2年後で、取組の効果を早く確かめられません。GXへの備えに悩む事業所もあります。",
            "sdgs": (7, 12, 13, 15),
            "measures": [
                {
                    "code": "4-1-1",
                    "label": "施策①",
                    "title": "ごみの減量と資源化",
                    "sdgs": (12,),
                    "actions": [
                        {
                            "code": "4-1-1-1",
                            "label": "(1)",
                            "title": "生ごみの水切りと堆肥化の普及",
                            "rows": [("kankyo",)],
                            "later_rows": [("gomi",)],
                        },
                        {
                            "code": "4-1-1-2",
                            "label": "(2)",
                            "title": "事業系ごみの分別の徹底",
                            "rows": [("kankyo",)],
                            "later_rows": [("gomi",)],
                        },
                    ],
                },
                {
                    "code": "4-1-2",
                    "label": "施策②",
                    "title": "再生可能エネルギーと省エネルギー",
                    "sdgs": (7, 13),
                    "actions": [
                        {
                            "code": "4-1-2-1",
                            "label": "(1)",
                            "title": "公共施設への太陽光発電の設置",
                            "rows": [("kankyo",)],
                            "later_rows": [("zero-carbon",)],
                        },
                        {
                            "code": "4-1-2-2",
                            "label": "(2)",
                            "title": "環境学習の推進",
                            "summary": "各課の取組の中で行うため、進捗の行を設けません。",
                            "rows": [],
                        },
                    ],
                },
            ],
        },
        {
            "code": "4-2",
            "label": "政策8",
            "title": "稼ぐ力と、人を引きつける魅力",
            "summary": "創業と就農を後押しし、空き店舗と里山をまちの魅力に変えます。",
            "vision": "若い人が店や農業を始め、休日にはまちなかを歩く人が増えています。",
            "current_state": "市内の事業所は20年で3割減りました。みほん里山まつりには毎年2万人が"
            "訪れます。",
            "issues": "創業した人の3割が3年以内にやめています。農業者の平均年齢は68歳です。",
            "sdgs": (2, 8, 9, 11),
            "measures": [
                {
                    "code": "4-2-1",
                    "label": "施策①",
                    "title": "創業と働く場づくり",
                    "sdgs": (8, 9),
                    "actions": [
                        {
                            "code": "4-2-1-1",
                            "label": "(1)",
                            "title": "創業塾と空き店舗の活用",
                            "named_items": ["創業塾", "空き店舗改装補助", "お試し出店"],
                            "rows": [("shoko",)],
                        },
                    ],
                },
                {
                    "code": "4-2-2",
                    "label": "施策②",
                    "title": "農業と観光のにぎわい",
                    "sdgs": (2, 8, 15),
                    "actions": [
                        {
                            "code": "4-2-2-1",
                            "label": "(1)",
                            "title": "新規就農者の受け入れ",
                            "rows": [("nosei",)],
                        },
                        {
                            "code": "4-2-2-2",
                            "label": "(2)",
                            "title": "里山をめぐる観光",
                            "rows": [("shoko",), ("nosei",)],
                        },
                    ],
                },
            ],
        },
    ],
}

_WASTE = {"sections": ("kankyo",), "later_sections": ("gomi",)}
_CLIMATE = {"sections": ("kankyo",), "later_sections": ("zero-carbon",)}

LINES = [
    Line(
        code="4-1-1",
        on="measure 4-1-1",
        series={
            "code": "waste-per-person",
            "name": "1人1日当たりのごみの排出量",
            "unit": "g",
            "definition": "家庭系と事業系のごみの年間排出量 ÷ 10月1日現在の人口 ÷ 年間の日数。",
            "source": "一般廃棄物処理実態調査",
            "common": "waste-per-person",
        },
        direction=Direction.FALLING,
        baseline=baseline("905", 2018),
        targets=[at_most(2023, "860"), at_most(2027, "820")],
        values=years(2020, "898", "884", "873", "862", "851", provisional("846")),
        mid={2026: in_state("839", APPROVED)},
        **_WASTE,
    ),
    Line(
        code="4-1-2",
        on="measure 4-1-1",
        series={
            "code": "recycling",
            "name": "リサイクル率",
            "unit": "%",
            "decimals": 1,
            "source": "一般廃棄物処理実態調査",
        },
        direction=Direction.RISING,
        baseline=baseline("21.4", 2018),
        targets=[at_least(2027, "28.0")],
        values=years(2020, "20.8", "20.5", "20.1", "19.7"),
        fields={
            "last_fiscal_year": 2023,
            "life_reason": "abolished",
            "life_note": "民間の店頭回収が増え、市の取組を表さなくなったため廃止",
        },
        **_WASTE,
    ),
    Line(
        code="4-1-3",
        on="policy 4-1",
        series={
            "code": "greenhouse-gas",
            "name": "市域の温室効果ガス排出量",
            "unit": "千t-CO2",
            "decimals": 1,
            "definition": "国の標準的手法により推計した市域からの排出量（森林の吸収を除く）。",
            "accumulation": Accumulation.FLOW,
            "source": "みほん市地球温暖化対策実行計画 年次報告",
            "settled_month": 8,
        },
        direction=Direction.FALLING,
        baseline=baseline("312.6", 2013),
        targets=[target(2027, TargetKind.CHANGE, "-30", value_label="30%削減（2013年度比）")],
        values={
            **{
                year: (
                    missing(MissingReason.NOT_COMPILED, date(year + 2, 8, 1)),
                    value(number, Round.LATE),
                )
                for year, number in years(2020, "268.4", "271.9", "262.3", "251.7").items()
            },
            2024: missing(
                MissingReason.NOT_COMPILED, date(2026, 8, 1), "国の統計の公表が遅れている。"
            ),
            2025: missing(MissingReason.NOT_COMPILED, date(2027, 8, 1)),
        },
        **_CLIMATE,
    ),
    Line(
        code="4-1-4",
        on="measure 4-1-2",
        series={
            "code": "solar",
            "name": "公共施設の太陽光発電の容量",
            "unit": "kW",
            "decimals": 1,
            "definition": "市の施設に設置した太陽光発電設備の出力の累計。",
            "accumulation": Accumulation.RUNNING_TOTAL,
            "source": "ゼロカーボン推進課調べ",
        },
        direction=Direction.RISING,
        baseline=baseline("148.5", 2019),
        targets=[at_least(2023, "320.0"), at_least(2027, "600.0")],
        values=years(2020, "148.5", "178.5", "228.0", "352.0", "427.5", "611.0"),
        mid={2023: "298.0", 2025: "520.0"},
        **_CLIMATE,
    ),
    Line(
        code="4-2-1",
        on="measure 4-2-1",
        series={
            "code": "startups",
            "name": "創業支援による創業の件数",
            "unit": "件",
            "definition": "支援を受けて市内で創業した件数。令和2年度からの合計で評価する。",
            "accumulation": Accumulation.SUM,
            "start_fiscal_year": 2020,
            "source": "商工観光課調べ",
        },
        direction=Direction.RISING,
        baseline=baseline("0", 2019, note="令和2年度から数える。"),
        targets=[at_least(2023, "50"), at_least(2027, "120")],
        values=years(2020, "8", "12", "15", "19", "17", "21"),
        mid={2023: "9", 2025: "10", 2026: in_state("12", SUBMITTED)},
        sections=("shoko",),
    ),
    Line(
        code="4-2-2",
        on="measure 4-2-1",
        series={
            "code": "vacant-shops",
            "name": "中心市街地の空き店舗率",
            "unit": "%",
            "decimals": 1,
            "definition": "みほん駅前の3つの商店街の空き店舗の割合（2月1日現在）。",
            "basis": Basis.AS_OF_DATE,
            "as_of_month": 2,
            "as_of_day": 1,
            "source": "商店街空き店舗調査",
        },
        direction=Direction.FALLING,
        baseline=baseline("16.8", 2018),
        targets=[at_most(2023, "14.0"), at_most(2027, "10.0")],
        values=years(2020, "18.1", "18.6", "17.4", "15.9", "14.6", "13.7"),
        sections=("shoko",),
    ),
    Line(
        code="4-2-3",
        on="policy 4-2",
        series={
            "code": "employees",
            "name": "市内事業所の従業者数",
            "unit": "人",
            "definition": "経済センサスによる民営事業所の従業者数。",
            "basis": Basis.SURVEY_YEAR,
            "source": "経済センサス",
        },
        direction=Direction.RISING,
        baseline=baseline("19840", 2016, label="平成28年調査"),
        targets=[at_least(2027, "20500")],
        values={**no_survey(2020, 2022, 2023, 2024, 2025), 2021: "19212"},
        sections=("shoko",),
    ),
    Line(
        code="4-2-4",
        on="measure 4-2-2",
        series={
            "code": "new-farmers",
            "name": "新規就農者数",
            "unit": "人",
            "accumulation": Accumulation.FLOW,
            "source": "農政課調べ",
        },
        direction=Direction.RISING,
        baseline=baseline("4", 2021),
        targets=[at_least(2027, "10")],
        values=years(2022, "5", "7", "6", "9"),
        sections=("nosei",),
        fields={
            "first_fiscal_year": 2022,
            "life_reason": "added",
            "life_note": "就農支援の開始に合わせ、令和4年度から追加",
        },
    ),
    Line(
        code="4-2-5",
        on="measure 4-2-2",
        series={
            "code": "visitors",
            "name": "観光入込客数",
            "unit": "千人",
            "decimals": 1,
            "definition": "1月から12月までに市内の観光地点を訪れた人の延べ数。",
            "accumulation": Accumulation.FLOW,
            "basis": Basis.CALENDAR_YEAR,
            "source": "県観光入込客統計",
        },
        direction=Direction.RISING,
        baseline=baseline("412.0", 2018, label="平成30年"),
        targets=[at_least(2023, "420.0"), at_least(2027, "480.0")],
        values=years(
            2020,
            "189.4",
            "214.7",
            (
                value("341.9"),
                source_revised(
                    "358.2", "県の統計で調査地点が見直され、令和4年の値がさかのぼって改定された。"
                ),
            ),
            "421.6",
            "446.3",
            (
                provisional("458.0"),
                provisional("461.4", at=Round.PUBLIC, note="県の統計の確定は令和8年12月の予定。"),
            ),
        ),
        sections=("shoko",),
    ),
]
