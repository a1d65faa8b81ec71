"""基本目標1：子育てと学び。"""

from datetime import date
from decimal import Decimal

from indicators.choices import Accumulation, Basis, Direction, MissingReason, TargetKind

from .shapes import (
    APPROVED,
    Line,
    at_least,
    baseline,
    in_state,
    missing,
    not_started,
    target,
    value,
    yearly,
    years,
)

GOAL = {
    "code": "1",
    "label": "基本目標1",
    "title": "こどもの声が響き、みんなが学びつづけるまち",
    "slogan": "子育て・教育",
    "summary": "妊娠期から学齢期まで切れ目なく支え、年齢を問わず学べる場を地域につくります。",
    "vision": "親になることを楽しみにでき、こどもが「自分の意見を聞いてもらえる」と感じています。",
    "fields": [
        {
            "code": "1-a",
            "label": "分野1",
            "title": "子育て",
            "policies": [
                {
                    "code": "1-1",
                    "label": "政策1",
                    "title": "安心して産み育てられる環境づくり",
                    "summary": "保育の受け皿を整え、子育ての困りごとを一つの窓口で受け止めます。",
                    "vision": "希望する時期に預けられ、困ったときに相談できる人が身近にいます。",
                    "current_state": "出生数は減っていますが、共働き世帯の増加で1・2歳児の"
                    "保育の希望は増えています。計画を始める前の年度には12人の待機児童がいました。",
                    "issues": "保育士の確保が難しく、年度の途中の入園希望に応えきれていません。"
                    "医療的ケア児を受け入れられる園も限られています。"
                    "相談窓口が3か所に分かれ、同じ説明を繰り返すという声があります。",
                    "sdgs": (1, 3, 5),
                    "measures": [
                        {
                            "code": "1-1-1",
                            "label": "施策①",
                            "title": "保育の受け皿づくり",
                            "summary": "小規模保育と保育士の確保で、待機児童をなくします。",
                            "sdgs": (5, 8),
                            "actions": [
                                {
                                    "code": "1-1-1-1",
                                    "label": "(1)",
                                    "title": "小規模保育事業所の整備",
                                    "named_items": ["小規模保育整備費補助", "送迎ステーション"],
                                    "rows": [("hoiku",)],
                                },
                                {
                                    "code": "1-1-1-2",
                                    "label": "(2)",
                                    "title": "保育士の確保と働きやすい職場づくり",
                                    "named_items": ["保育士就職支援金", "ICTによる事務の軽減"],
                                    "rows": [("hoiku",), ("kosodate",)],
                                    "later_rows": [("kodomo",), None],
                                },
                            ],
                        },
                        {
                            "code": "1-1-2",
                            "label": "施策②",
                            "title": "子育て家庭の相談と支え合い",
                            "summary": "相談をこども家庭センターにまとめ、仲間づくりを応援します。",
                            "sdgs": (3, 10),
                            "actions": [
                                {
                                    "code": "1-1-2-1",
                                    "label": "(1)",
                                    "title": "こども家庭センターの設置",
                                    "summary": "母子保健と児童福祉の相談を一つの窓口にします。",
                                    "rows": [("kosodate", "kenko"), ("gakko",)],
                                },
                                {
                                    "code": "1-1-2-2",
                                    "label": "(2)",
                                    "title": "子育て支援センターとアプリによる情報提供",
                                    "rows": [("kosodate",)],
                                },
                            ],
                        },
                    ],
                },
            ],
        },
        {
            "code": "1-b",
            "label": "分野2",
            "title": "学び",
            "policies": [
                {
                    "code": "1-2",
                    "label": "政策2",
                    "title": "学ぶ力を育てる学校と地域",
                    "summary": "わかる授業と、学校の外にも広がる学びの場をつくります。",
                    "vision": "こどもは授業がわかる喜びを、大人は学び直す楽しさを感じています。",
                    "current_state": "1人1台の端末が行きわたり、授業でのICTの活用が始まりました。"
                    "図書館の貸出は横ばいです。",
                    "issues": "端末の活用に学校ごとの差があります。図書館から遠い地区では"
                    "本に触れる機会が限られています。",
                    "sdgs": (4,),
                    "measures": [
                        {
                            "code": "1-2-1",
                            "label": "施策①",
                            "title": "一人ひとりに届く学校教育",
                            "sdgs": (4,),
                            "actions": [
                                {
                                    "code": "1-2-1-1",
                                    "label": "(1)",
                                    "title": "端末を活用したわかる授業づくり",
                                    "rows": [("gakko",)],
                                },
                                {
                                    "code": "1-2-1-2",
                                    "label": "(2)",
                                    "title": "学校と地域の協働活動",
                                    "rows": [("gakko",), ("shimin",)],
                                },
                            ],
                        },
                        {
                            "code": "1-2-2",
                            "label": "施策②",
                            "title": "図書館と生涯学習",
                            "sdgs": (4, 11),
                            "actions": [
                                {
                                    "code": "1-2-2-1",
                                    "label": "(1)",
                                    "title": "移動図書館と電子図書館",
                                    "rows": [("toshokan",)],
                                },
                            ],
                        },
                    ],
                },
            ],
        },
    ],
}

LINES = [
    Line(
        code="1-0-1",
        on="goal 1",
        series={
            "code": "births",
            "name": "出生数",
            "unit": "人",
            "definition": "1月から12月までに生まれ、みほん市に住民登録されたこどもの数。",
            "accumulation": Accumulation.FLOW,
            "basis": Basis.CALENDAR_YEAR,
            "source": "人口動態統計（みほん市分）",
            "settled_month": 9,
        },
        direction=Direction.RISING,
        baseline=baseline("342", 2019, label="令和元年"),
        targets=[target(2027, TargetKind.DIRECTION_ONLY, value_label="増加")],
        values=years(2020, "331", "318", "309", "301", "305", "298"),
        sections=("kosodate",),
    ),
    Line(
        code="1-1-1",
        on="measure 1-1-1",
        series={
            "code": "waiting-children",
            "name": "保育所等の待機児童数",
            "unit": "人",
            "definition": "翌年度の4月1日現在で、入園を申し込んで入れていないこどもの数"
            "（国の調査要領による）。",
            "basis": Basis.AS_OF_DATE,
            "as_of_month": 4,
            "as_of_day": 1,
            "source": "保育所等利用待機児童数調査",
        },
        direction=Direction.FALLING,
        baseline=baseline("12", 2019),
        targets=yearly(TargetKind.AT_MOST, 2020, "10", "8", "6", "4", "2", "0", "0", "0"),
        values=years(2020, "9", "5", "2", "0", "0", "1"),
        mid={2023: "3", 2025: "4", 2026: in_state("2", APPROVED)},
        sections=("hoiku",),
    ),
    Line(
        code="1-1-2",
        on="measure 1-1-2",
        series={
            "code": "child-center-visits",
            "name": "子育て支援センターの利用者数",
            "unit": "人",
            "definition": "市内4か所の子育て支援センターを利用した親子の延べ人数。",
            "accumulation": Accumulation.FLOW,
            "source": "こども政策課調べ",
        },
        direction=Direction.RISING,
        baseline=baseline("19840", 2018),
        targets=[at_least(2023, "20000"), at_least(2027, "24000")],
        values=years(
            2020,
            missing(
                MissingReason.SPECIAL, note="感染症対策で4月から9月まで休館したため集計しない。"
            ),
            "11260",
            "16430",
            "19950",
            "21780",
            "22310",
        ),
        mid={2023: "9870", 2025: "11240"},
        forecast={2024: "21500"},
        sections=("kosodate",),
    ),
    Line(
        code="1-1-3",
        on="measure 1-1-2",
        series={
            "code": "child-app-users",
            "name": "子育てアプリの登録者数",
            "unit": "人",
            "definition": "公開からの累計登録者数（退会した人を除く）。",
            "accumulation": Accumulation.RUNNING_TOTAL,
            "source": "こども政策課調べ",
        },
        direction=Direction.RISING,
        baseline=not_started(2021, "R3年度開始"),
        targets=[at_least(2023, "1000"), at_least(2027, "2000")],
        values=years(
            2020,
            missing(MissingReason.NOT_APPLICABLE, note="アプリの公開前。"),
            "412",
            "798",
            "1163",
            "1502",
            "1744",
        ),
        mid={2023: "981", 2025: "1630", 2026: in_state("1858", APPROVED)},
        sections=("kosodate", "joho"),
    ),
    Line(
        code="1-1-4",
        on="measure 1-1-2",
        series={
            "code": "family-center",
            "name": "こども家庭センターの設置",
            "unit": "か所",
            "definition": "母子保健と児童福祉の相談を一体で受ける窓口の数。",
            "source": "こども政策課調べ",
        },
        direction=Direction.NONE,
        baseline=baseline("0", 2019, value_label="未設置"),
        targets=[target(2025, TargetKind.TEXT, text="設置")],
        values=years(
            2020,
            value("0", value_label="検討中"),
            value("0", value_label="検討中"),
            value("0", value_label="準備中"),
            value("0", value_label="準備中"),
            value("1", value_label="設置", note="令和6年10月1日に市役所2階に開設。"),
            value("1", value_label="設置"),
        ),
        sections=("kosodate", "kenko"),
    ),
    Line(
        code="1-1-5",
        on="policy 1-1",
        series={
            "code": "medical-care-children",
            "name": "医療的ケア児を受け入れる園の利用児数",
            "unit": "人",
            "definition": "年度末に在籍する医療的ケア児の数。少人数の年度は公表しない。",
            "source": "こども政策課調べ",
        },
        direction=Direction.RISING,
        baseline=baseline("3", 2019),
        targets=[at_least(2027, "8")],
        values=years(
            2020,
            "3",
            missing(MissingReason.WITHHELD, note="個人が特定されるおそれがあるため。"),
            missing(MissingReason.WITHHELD, note="個人が特定されるおそれがあるため。"),
            "5",
            "6",
            "6",
        ),
        sections=("hoiku",),
    ),
    Line(
        code="1-2-1",
        on="measure 1-2-1",
        series={
            "code": "classes-understood",
            "name": "授業がよくわかると答えた児童生徒の割合",
            "unit": "%",
            "decimals": 1,
            "definition": "学校生活アンケートで「よくわかる」「わかる」と答えた割合。",
            "source": "学校生活アンケート",
            "note": "令和5年度から対象が小学5年・中学2年から小学3年以上の全学年に変わった。",
        },
        direction=Direction.RISING,
        baseline=baseline("78.4", 2019),
        targets=[at_least(2023, "82.0"), at_least(2027, "85.0")],
        values=years(2020, "77.9", "79.6", "80.8", "84.1", "84.6", "85.3"),
        breaks={2023: "対象学年を小学3年以上の全学年に広げたため、前の年度と比べられない。"},
        sections=("gakko",),
    ),
    Line(
        code="1-2-2",
        on="measure 1-2-2",
        series={
            "code": "loans-per-person",
            "name": "市民1人当たりの図書貸出点数",
            "unit": "点",
            "decimals": 2,
            "definition": "個人貸出点数（電子書籍を含む）÷ 10月1日現在の人口。",
            "accumulation": Accumulation.FLOW,
            "source": "図書館要覧",
        },
        direction=Direction.RISING,
        baseline=baseline("5.20", 2018),
        targets=[
            target(
                2027,
                TargetKind.MAINTAIN,
                "5.20",
                tolerance=Decimal("0.20"),
                value_label="現状維持",
                note="±0.20点までを維持とみなす。",
            )
        ],
        values=years(2020, "4.31", "4.88", "5.02", "5.14", "5.23", "5.31"),
        mid={2023: "2.51", 2025: "2.66"},
        sections=("toshokan",),
    ),
    Line(
        code="1-2-3",
        on="policy 1-2",
        series={
            "code": "school-volunteers",
            "name": "学校を支える地域ボランティアの登録者数",
            "unit": "人",
            "source": "学校教育課調べ",
        },
        direction=Direction.RISING,
        baseline=baseline("186", 2019),
        targets=[at_least(2024, "240", year_label="令和6年度（中間）"), at_least(2027, "280")],
        values=years(
            2020,
            "171",
            "183",
            "205",
            "229",
            "251",
            missing(
                MissingReason.NOT_COMPILED,
                date(2026, 9, 1),
                "登録の更新手続が終わり次第、集計する。",
            ),
        ),
        sections=("gakko", "shimin"),
    ),
]
