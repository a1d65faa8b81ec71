"""The plan as a whole: みほん市みらい計画, what it refers to and what it measures itself by."""

from indicators.choices import Basis, Direction
from measures.models import ReportColumn
from plans.models import PlanScheme, RelatedPlan

from .shapes import (
    DRAFT,
    Line,
    at_least,
    baseline,
    in_state,
    no_survey,
    unavailable,
    years,
)
from .town import INDICATOR_PRESET

PLAN = {
    "slug": "mirai",
    "title": "みほん市みらい計画",
    "title_note": "架空の計画です。出てくる施設名・地名・数値はすべて創作です。",
    "start_fiscal_year": 2020,
    "end_fiscal_year": 2027,
    "period_label": "令和2年度～令和9年度（8年間）",
    "summary": "「話して決める、続けて支える」を合言葉に、人口が減っても暮らしの質を保つための"
    "8年間の取組をまとめた、市の最上位の計画です。毎年度、指標と取組の結果を公開し、"
    "審議会の意見を受けて次の年度に生かします。",
    "scope_note": "架空の計画の全体を収録しています。",
    "source": "みほん市みらい計画（令和2年3月策定、令和5年3月中間見直し）",
    "order": 1,
    "label_basic_goal": "基本目標",
    "label_field": "分野",
    "label_policy": "政策",
    "label_measure": "施策",
    "label_action": "主な取組",
    "label_indicator": "まちの指標",
    "label_mid_year": "9月末現在",
    "label_relisted": "再掲",
    "show_computed_judgement": "public",
    "show_forecast": "public",
}

# subject, from fiscal year, scheme
PLAN_SCHEMES = [
    (PlanScheme.Subject.INDICATORS, 2020, "mihon-mark"),
    (PlanScheme.Subject.INDICATORS, 2022, INDICATOR_PRESET),
    (PlanScheme.Subject.REPORTS, 2020, "mihon-sheet"),
]

_Column = ReportColumn.Kind
COURSES = ["拡充", "継続", "改善", "縮小", "廃止", "完了"]
# The form of the progress sheet.
REPORT_COLUMNS = [
    {"key": "issues", "order": 10, "label": "現状と課題", "max_length": 400},
    {"key": "projects", "order": 20, "label": "実施した事業", "kind": _Column.LIST},
    {"key": "budget", "order": 30, "label": "予算額", "kind": _Column.NUMBER, "unit": "千円"},
    {"key": "settlement", "order": 35, "label": "決算額", "kind": _Column.NUMBER, "unit": "千円"},
    {"key": "partners", "order": 40, "label": "協働の相手", "kind": _Column.LIST},
    {"key": "result", "order": 50, "label": "成果", "max_length": 400},
    {"key": "rating", "order": 60, "label": "進み具合", "kind": _Column.RATING},
    {"key": "course", "order": 70, "label": "方向性", "kind": _Column.CHOICE, "choices": COURSES},
    {"key": "direction", "order": 80, "label": "次年度の取組", "max_length": 300},
    {"key": "memo", "order": 90, "label": "庁内メモ", "is_public": False},
]

_Kind = RelatedPlan.Kind
# "linked" is the slug of a plan that is kept here; the others stay text.
RELATED = [
    {
        "title": "みほん市みらい総合戦略（架空）",
        "linked": "senryaku",
        "period_label": "令和2年度～令和6年度",
        "tier": "重点戦略",
        "note": "人口と産業の指標を共有しています。令和7年度から改訂版に引き継ぎました。",
        "policies": ("1-1", "4-2"),
    },
    {
        "title": "みほん市みらい総合戦略 改訂版（架空）",
        "linked": "senryaku-kaitei",
        "start_fiscal_year": 2025,
        "end_fiscal_year": 2027,
        "tier": "重点戦略",
        "note": "人口と産業の指標を共有しています。",
        "policies": ("1-1", "4-2"),
    },
    {
        "title": "みほん市こども・子育て支援事業計画（架空）",
        "period_label": "令和2年度～令和6年度",
        "tier": "個別計画",
        "policies": ("1-1",),
    },
    {
        "title": "みほん市地域防災計画（架空）",
        "period_label": "毎年度見直し",
        "tier": "個別計画",
        "policies": ("3-1",),
    },
    {
        "title": "みほん市地球温暖化対策実行計画（架空）",
        "start_fiscal_year": 2021,
        "end_fiscal_year": 2030,
        "tier": "個別計画",
        "policies": ("4-1",),
    },
    {
        "title": "みほん市地域福祉計画（架空）",
        "start_fiscal_year": 2021,
        "end_fiscal_year": 2026,
        "tier": "分野の基本計画",
        "policies": ("1-1", "2-1", "2-2"),
    },
    {
        "title": "みほん市公共施設再編計画（架空）",
        "start_fiscal_year": 2023,
        "end_fiscal_year": 2042,
        "tier": "個別計画",
        "note": "みらい計画の取組として令和5年3月に策定しました。",
        "policies": ("5-1",),
    },
    {
        "title": "みほん市実施計画（架空）",
        "period_label": "3年間（毎年度見直し）",
        "tier": "実施計画",
        "note": "主な取組の予算を示します。",
    },
    {
        "title": "みほん市まちづくり基本条例（架空）",
        "kind": _Kind.ORDINANCE,
        "period_label": "平成25年4月1日施行",
        "policies": ("5-2",),
    },
    {"title": "みほん県総合計画（架空）", "kind": _Kind.PARENT, "period_label": "令和元年度～"},
    {"title": "地域づくり推進法（架空）", "kind": _Kind.LAW},
]

# term, definition, policy, formal name
GLOSSARY = [
    (
        "待機児童",
        "保育所などへの入園を申し込み、条件を満たしているのに入園できていないこども。",
        "1-1",
        "",
    ),
    (
        "こども家庭センター",
        "妊産婦、子育て世帯、こどもの相談を一体で受ける市の窓口。",
        "1-1",
        "",
    ),
    (
        "医療的ケア児",
        "人工呼吸器やたんの吸引などの医療的なケアが日常的に必要なこども。",
        "1-1",
        "",
    ),
    (
        "健康寿命",
        "介護などを受けずに自立して暮らせる期間。この計画では65歳からの期間で測ります。",
        "2-1",
        "",
    ),
    ("通いの場", "住民が自分たちで運営し、体操や茶話会を行う集まりの場。", "2-2", ""),
    (
        "個別避難計画",
        "一人で避難することが難しい人について、誰とどこへ逃げるかをあらかじめ決めたもの。",
        "3-1",
        "",
    ),
    (
        "自主防災組織",
        "自治会などを単位に住民が自分たちで結成し、災害に備えて訓練や見回りを行う組織。",
        "3-1",
        "",
    ),
    (
        "予約制乗合タクシー",
        "予約のあった時だけ、同じ方面へ向かう人が乗り合わせて走るタクシー。",
        "3-2",
        "",
    ),
    (
        "ICT",
        "情報をやり取りする技術の総称。",
        None,
        "Information and Communication Technology",
    ),
    (
        "将来負担比率",
        "市が将来払うべき負債の、標準的な収入に対する割合。小さいほど負担が軽いことを表します。",
        "5-1",
        "",
    ),
    ("GX", "", "4-1", "グリーントランスフォーメーション"),
]

# mark, where it stands, text, policy
FOOTNOTES = [
    (
        "※1",
        "指標「健康寿命」の基準値",
        "国保のデータベースによる3年間の平均。単年の値ではない。",
        "2-1",
    ),
    ("※2", "指標「財政力指数」の基準値", "平成28年度から平成30年度の3か年平均。", "5-1"),
    ("※3", "", "端数処理のため、合計が合わないことがある。", None),
]

COMMON = [
    {
        "code": "checkups",
        "name": "特定健康診査の受診率",
        "unit": "%",
        "definition": "40～74歳の国民健康保険の被保険者の受診率（法定報告値）。",
    },
    {
        "code": "waste-per-person",
        "name": "1人1日当たりのごみの排出量",
        "unit": "g",
        "definition": "一般廃棄物処理実態調査による排出量。",
    },
]

LINES = [
    Line(
        code="0-1",
        on="",
        series={
            "code": "population",
            "name": "人口",
            "unit": "人",
            "definition": "住民基本台帳による10月1日現在の人口。",
            "basis": Basis.AS_OF_DATE,
            "as_of_month": 10,
            "as_of_day": 1,
            "source": "住民基本台帳",
        },
        direction=Direction.RISING,
        baseline=unavailable("人口の目標は将来人口の推計から定め、基準値を設けない。"),
        targets=[
            at_least(2023, "47300"),
            at_least(2027, "46500", note="減少を緩やかにし、この人口を上回る。"),
        ],
        values=years(2020, "47962", "47685", "47401", "47130", "46897", "46702"),
        mid={2026: in_state("46498", DRAFT, internal_note="住民課の確定前の値。")},
    ),
    Line(
        code="0-2",
        on="",
        series={
            "code": "want-to-stay",
            "name": "みほん市に住み続けたいと答えた市民の割合",
            "unit": "%",
            "decimals": 1,
            "definition": "市民意識調査（隔年）で「住み続けたい」「どちらかといえば住み続けたい」と"
            "答えた割合。",
            "basis": Basis.SURVEY_YEAR,
            "source": "市民意識調査",
        },
        direction=Direction.RISING,
        baseline=baseline("73.6", 2019),
        targets=[at_least(2027, "80.0")],
        values={**no_survey(2020, 2022, 2024), 2021: "74.1", 2023: "75.8", 2025: "77.2"},
        sections=("kikaku",),
    ),
]
