"""The second plan, みほん市みらい総合戦略: five of its numbers are also in the first plan.

A revised edition takes over from FY2025, see `strategy_revised`.
"""

from indicators.choices import Accumulation, Direction
from plans.models import Plan, RelatedPlan

from .shapes import Line, at_least, baseline, value, years

PLAN = {
    "slug": "senryaku",
    "title": "みほん市みらい総合戦略（架空）",
    "title_note": "架空の計画です。",
    "start_fiscal_year": 2020,
    "end_fiscal_year": 2027,
    "period_label": "令和2年度～令和9年度",
    "summary": "みらい計画のうち、人口の減少を和らげる取組を選んだ戦略です。"
    "指標の一部はみらい計画と同じ数字を使い、基準値と目標値だけが異なります。",
    "scope_note": "架空の計画の全体を収録しています。",
    "source": "みほん市みらい総合戦略（令和2年3月策定）",
    "order": 2,
    "label_basic_goal": "戦略の柱",
    "label_measure": "施策",
    "label_action": "主な取組",
    "label_indicator": "重要業績評価指標",
}
# What the plan says of itself once the revised edition has taken over.
ENDED = {
    "stage": Plan.Stage.ENDED,
    "period_note": "中間見直しにより、令和7年度から改訂版に引き継いだ。",
}

GOALS = [
    {
        "code": "1",
        "label": "柱1",
        "title": "若い世代が暮らしたくなる",
        "summary": "出会い、住まい、子育てを一続きで支え、若い世代の転出を減らします。",
        "vision": "若い世代が、このまちで暮らし続けることを自然に選んでいます。",
        "issues": "進学や就職で転出した人の多くが戻ってきません。",
        "measures": [
            {
                "code": "1-1",
                "label": "1-1",
                "title": "移住・定住の相談",
                "summary": "市役所の窓口で移住の相談を受け、"
                "空き家と仕事の情報をあわせて紹介します。",
                "vision": "移り住む前に、ここでの暮らしを思い描けます。",
                "current_state": "平成30年度の相談は62件で、半分は県内からでした。",
                "issues": "平日の日中に来庁できない人の相談を受けられません。",
                "sdgs": (11,),
            },
            {
                "code": "1-2",
                "label": "1-2",
                "title": "子育て世帯の応援",
                "summary": "子育て世帯の住まいの費用を支え、"
                "子育て支援センターで仲間づくりを応援します。",
                "vision": "こどもが生まれても、慣れた地域で暮らし続けられます。",
                "issues": "住まいの支援を知らないまま市の外に家を建てる世帯がいます。",
                "sdgs": (3, 4),
            },
            {
                "code": "1-3",
                "label": "1-3",
                "title": "出会いの場づくり",
                "summary": "市が主催する交流会を年6回開き、結婚を望む人の出会いを支えます。",
                "issues": "参加する人が限られています。",
                "sdgs": (5,),
            },
        ],
    },
    {
        "code": "2",
        "label": "柱2",
        "title": "仕事とにぎわいを生む",
        "summary": "創業と観光で、まちの外からも人とお金を呼び込みます。",
        "vision": "小さな商いがいくつも生まれ、休日にまちを歩く人が増えています。",
        "issues": "商店街の店主の高齢化が進み、後を継ぐ人がいません。",
        "measures": [
            {
                "code": "2-1",
                "label": "2-1",
                "title": "創業の支援",
                "summary": "創業塾と専門家の相談で、年20件の創業を後押しします。",
                "vision": "この市で始めたいと思った人が、一人で悩まずに始められます。",
                "issues": "創業した後の相談先がありません。",
                "sdgs": (8,),
            },
            {
                "code": "2-2",
                "label": "2-2",
                "title": "里山観光",
                "summary": "みほん里山まつりと散策コースで、年間45万人の観光客を迎えます。",
                "vision": "訪れた人が、里山の四季を楽しみに何度も足を運んでいます。",
                "issues": "観光客が里山まつりの時期に集中し、まちなかの店に立ち寄りません。",
                "sdgs": (8, 15),
            },
            {
                "code": "2-3",
                "label": "2-3",
                "title": "空き店舗の紹介",
                "summary": "商店街の空き店舗の情報をまとめ、借りたい人に紹介します。",
                "issues": "改装の費用がかかり、借り手が決まりません。",
                "sdgs": (8, 11),
            },
        ],
    },
]

# term, definition, policy, formal name
GLOSSARY = [
    ("里山", "集落の近くにあり、薪や落ち葉を暮らしに使ってきた山や林。", None, ""),
]
RELATED = [
    {
        "kind": RelatedPlan.Kind.PARENT,
        "title": "みほん市みらい計画",
        "linked": "mirai",
        "period_label": "令和2年度～令和9年度",
        "tier": "最上位の計画",
        "note": "人口と産業の指標を共有しています。",
    },
    {
        "title": "みほん市商店街活性化計画（架空）",
        "start_fiscal_year": 2021,
        "end_fiscal_year": 2025,
        "tier": "個別計画",
    },
]

LINES = [
    Line(
        code="s-1",
        on="",
        series="population",
        direction=Direction.RISING,
        baseline=baseline("48475", 2018),
        targets=[at_least(2024, "47000"), at_least(2027, "46600")],
    ),
    Line(
        code="s-2",
        on="goal 1",
        series="births",
        direction=Direction.RISING,
        baseline=baseline("350", 2018, label="平成30年"),
        targets=[at_least(2027, "350")],
        sections=("kosodate",),
    ),
    Line(
        code="s-3",
        on="goal 1",
        series="want-to-stay",
        direction=Direction.RISING,
        baseline=baseline("73.6", 2019),
        targets=[at_least(2027, "78.0")],
        sections=("kikaku",),
    ),
    Line(
        code="s-4",
        on="measure 1-1",
        series={
            "code": "relocation-advice",
            "name": "移住相談の件数",
            "unit": "件",
            "definition": "市役所の窓口と電話で受けた移住相談の件数。"
            "令和7年度からはオンラインの相談を含む。",
            "accumulation": Accumulation.FLOW,
            "source": "企画課調べ",
        },
        direction=Direction.RISING,
        baseline=baseline("62", 2018),
        targets=[at_least(2027, "160")],
        values=years(2020, "71", "98", "124", "139", "152", "236"),
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
        targets=[at_least(2027, "0", value_label="±0")],
        values=years(2020, "-142", "-151", "-98", "-73", value("0", value_label="±0"), "-21"),
        sections=("kikaku", "shimin"),
    ),
    Line(
        code="s-6",
        on="measure 2-1",
        series="startups",
        direction=Direction.RISING,
        baseline=baseline("0", 2019),
        targets=[at_least(2027, "100")],
        sections=("shoko",),
        fields={"name": "創業件数（累計）"},
    ),
    Line(
        code="s-7",
        on="measure 2-2",
        series="visitors",
        direction=Direction.RISING,
        baseline=baseline("405.3", 2017, label="平成29年"),
        targets=[at_least(2027, "450.0")],
        sections=("shoko",),
    ),
]
