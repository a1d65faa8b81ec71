"""The revised edition of みほん市みらい総合戦略: what its planners changed of the copy, and why."""

from datetime import date
from typing import Any

from indicators.choices import Accumulation, Direction
from measures.models import Correspondence

from .shapes import Line, at_least, not_started, years

DECIDED_ON = date(2025, 3, 24)
TAKES_OVER_FROM = 2025
REASON = "中間見直し（令和7年3月）"

# How it starts, and what is written into the copy.
START: dict[str, Any] = {
    "slug": "senryaku-kaitei",
    "title": "みほん市みらい総合戦略（架空）",
    "edition": "改訂版",
    "takes_over_from": TAKES_OVER_FROM,
    "start_fiscal_year": TAKES_OVER_FROM,
    "end_fiscal_year": 2027,
    "period_label": "令和7年度～令和9年度",
}
PLAN = {
    "title_note": "架空の計画です。",
    "period_note": "令和2年度からの戦略の中間見直しによる改訂版。",
    "summary": "みらい計画のうち、人口の減少を和らげる取組を選んだ戦略の改訂版です。"
    "前半の5年間の結果を踏まえ、施策を組み直しました。",
    "scope_note": "架空の計画の全体を収録しています。",
    "source": "みほん市みらい総合戦略 改訂版（令和7年3月策定）",
    "order": 3,
}

# Node → the texts that were put differently.
REWORDED: dict[str, dict[str, Any]] = {
    "goal 1": {
        "summary": "住まい、仕事、子育てを一続きで支え、若い世代の転出と転入の差をなくします。",
        "vision": "若い世代が、このまちで暮らし続けることも戻ってくることも自然に選んでいます。",
    },
    "goal 2": {
        "summary": "創業と観光で、まちの外からも人とお金を呼び込み、まちなかにめぐらせます。",
        "issues": "商店街の店主の高齢化が進み、後を継ぐ人と新しく始める人がいません。",
    },
    "measure 1-1": {
        "summary": "市役所の窓口とオンラインで移住の相談を受け、"
        "空き家と仕事、学校の情報をあわせて紹介します。",
        "current_state": "令和5年度の相談は139件で、6割は県外からでした。",
        "issues": "相談から移住までを一人の担当が見届ける体制がありません。",
    },
    "measure 1-2": {
        "title": "こどもと若者の応援",
        "summary": "子育て世帯と若者の住まいの費用を支え、"
        "こども家庭センターで相談と仲間づくりを応援します。",
        "issues": "住まいの支援を知らないまま市の外に部屋を借りる若者がいます。",
    },
    "measure 2-1": {
        "title": "創業と空き店舗の活用",
        "summary": "創業塾と専門家の相談で、年20件の創業を後押しし、3年後まで見守ります。",
        "issues": "創業から3年以内の廃業が3割あります。",
    },
    "measure 2-2": {
        "title": "里山をめぐる観光",
        "summary": "みほん里山まつりと散策アプリで、年間48万人の観光客を迎えます。",
        "issues": "観光客が里山まつりの時期に集中しています。",
    },
    # Half of what 里山観光 was; in the copy its place was that of 空き店舗の紹介.
    "measure 2-3": {
        "title": "まちなかの周遊",
        "summary": "里山を訪れた人がまちなかの店にも立ち寄るよう、共通の券とバスの便を整えます。",
        "vision": "訪れた人が、里山とまちなかを一日で楽しんでいます。",
        "issues": "里山からまちなかへ向かうバスの便が少なく、店に立ち寄りません。",
    },
}
DROPPED = "measure 1-3"
ADDED = [
    (
        "goal 1",
        "measures",
        {
            "code": "1-4",
            "label": "1-4",
            "title": "関係人口を広げる",
            "summary": "市の外に住みながら、里山の手入れや祭りに加わる人を増やします。",
            "vision": "離れて暮らす人も、このまちの一員と感じています。",
            "issues": "一度手伝いに来た人と、その後のつながりがありません。",
            "sdgs": (11, 17),
        },
    ),
    (
        "measure 2-1",
        "actions",
        {
            "code": "2-1-1",
            "label": "(1)",
            "title": "空き店舗の紹介と改装の補助",
            "summary": "商店街の空き店舗の情報をまとめ、借りたい人に紹介し、"
            "改装の費用を補助します。"
            "進み具合は、みらい計画の「創業塾と空き店舗の活用」で報告します。",
            "issues": "改装の費用がかかり、広い店舗の借り手が決まりません。",
            "rows": [],
        },
    ),
]

TERM = {
    "term": "関係人口",
    "definition": "移住した人でも観光に来た人でもない、地域とさまざまに関わる市外の人。",
}

_STATED, _PERSON = Correspondence.Basis.STATED, Correspondence.Basis.PERSON
# new, old ("" where there is none), basis, remark: what the copy did not say.
LINES_OF_REVISION = [
    ("measure 1-4", "", _STATED, "前半の結果を踏まえ、市の外に住む人との関わりを新たに加えた。"),
    ("", "measure 1-3", _STATED, "参加者が減り、民間の催しが増えたため、市の主催を終える。"),
    ("measure 2-3", "measure 2-2", _PERSON, "里山とまちなかの取組を分けた。"),
    ("action 2-1-1", "measure 2-3", _PERSON, "創業の施策の中の取組とした。"),
]
# The copy's line to this node says what is no longer so.
NO_LONGER = "measure 2-3"
REMARKS = {
    "measure 1-2": "対象を若者に広げ、名称を改めた。",
    "measure 2-1": "空き店舗の紹介を取り込み、名称を改めた。",
    "measure 2-2": "まちなかに関する部分を新しい施策に分けた。",
}

# --- Indicators -------------------------------------------------------------------------------

_REVISED: dict[str, Any] = {
    "revision": 1,
    "decided_on": DECIDED_ON,
    "effective_from": TAKES_OVER_FROM,
}
# indicator, target: what the review decided anew.
TARGETS = [
    ("s-1", at_least(2027, "46300", reason="令和6年の人口推計に合わせて改めた。", **_REVISED)),
    ("s-2", at_least(2027, "300", reason="出生数の実績を踏まえて改めた。", **_REVISED)),
    ("s-4", at_least(2027, "300", reason="オンラインの相談を含めることにした。", **_REVISED)),
    ("s-7", at_least(2027, "480.0", reason="みらい計画の目標値に合わせた。", **_REVISED)),
]
REDEFINED = "s-4"
DEFINITION_CHANGED = "オンラインの相談を件数に含めたため、前の年度と比べられない。"
REDEFINED_BASELINE = {"baseline_note": "オンラインの相談を含まない値。"}

LINES = [
    Line(
        code="s-8",
        on="measure 1-4",
        series={
            "code": "related-people",
            "name": "関係人口の登録者数",
            "unit": "人",
            "definition": "「みほんの縁」に登録し、年に一度以上、"
            "市内の活動に加わった市外の人の数。",
            "source": "企画課調べ",
            "accumulation": Accumulation.POINT,
        },
        direction=Direction.RISING,
        baseline=not_started(2025, "R7年度開始"),
        targets=[at_least(2027, "1000")],
        values=years(2025, "384"),
        sections=("kikaku",),
    ),
]
