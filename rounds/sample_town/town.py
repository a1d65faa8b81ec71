"""The town: its sections and their reorganisation of 2023-04-01, its own rating schemes."""

from datetime import date
from typing import Any

from municipalities.models import Department, DepartmentSuccession
from plans.choices import Tone

SLUG = "mihon"
REORGANISED_ON = date(2023, 4, 1)
LAST_DAY_BEFORE = date(2023, 3, 31)
REORGANISATION_NOTE = "令和5年4月1日の組織改編による"


def _division(code: str, name: str, **fields: Any) -> dict[str, Any]:
    return {
        "code": code,
        "name": name,
        "kind": Department.Kind.DIVISION,
        "post": f"{name}長",
        **fields,
    }


def _section(code: str, name: str, division: str, **fields: Any) -> dict[str, Any]:
    post = "室長" if name.endswith("室") else "館長" if name.endswith("館") else "課長"
    return {"code": code, "name": name, "parent": division, "post": post, **fields}


_UNTIL = {"valid_to": LAST_DAY_BEFORE}
_SINCE = {"valid_from": REORGANISED_ON}

# As the town stood when the plan began.
DEPARTMENTS = [
    _division("kikaku-bu", "企画部"),
    _section("kikaku", "企画課", "kikaku-bu"),
    _section("joho", "情報政策室", "kikaku-bu", **_UNTIL),
    _division("soumu-bu", "総務部"),
    _section("soumu", "総務課", "soumu-bu"),
    _section("zaisei", "財政課", "soumu-bu"),
    _section("zeimu", "税務課", "soumu-bu"),
    _section("bosai", "防災安全課", "soumu-bu"),
    _division("fukushi-bu", "健康福祉部"),
    _section("kenko", "健康増進課", "fukushi-bu"),
    _section("korei", "高齢介護課", "fukushi-bu"),
    _section("shogai", "障がい福祉課", "fukushi-bu"),
    _section("kosodate", "子育て支援課", "fukushi-bu", **_UNTIL),
    _section("hoiku", "保育課", "fukushi-bu", **_UNTIL),
    _division("kankyo-bu", "市民環境部"),
    _section("shimin", "市民協働課", "kankyo-bu"),
    _section("kankyo", "環境課", "kankyo-bu", **_UNTIL),
    _division("sangyo-bu", "産業建設部"),
    _section("shoko", "商工観光課", "sangyo-bu"),
    _section("nosei", "農政課", "sangyo-bu"),
    _section("toshi", "都市計画課", "sangyo-bu"),
    _section("doro", "道路河川課", "sangyo-bu"),
    _section("suido", "上下水道課", "sangyo-bu"),
    _division("kyoiku-bu", "教育部"),
    _section("gakko", "学校教育課", "kyoiku-bu"),
    _section("toshokan", "中央図書館", "kyoiku-bu"),
]
NEW_DEPARTMENTS = [
    _section("digital", "デジタル推進課", "kikaku-bu", **_SINCE),
    _section("kotsu", "交通政策室", "kikaku-bu", **_SINCE),
    _division("kodomo-bu", "こども未来部", **_SINCE),
    _section("kodomo", "こども政策課", "kodomo-bu", **_SINCE),
    _section("gomi", "ごみ減量課", "kankyo-bu", **_SINCE),
    _section("zero-carbon", "ゼロカーボン推進課", "kankyo-bu", **_SINCE),
]

_Kind = DepartmentSuccession.Kind
# predecessor, successor, how
SUCCESSIONS = [
    ("joho", "digital", _Kind.RENAMED),
    ("kosodate", "kodomo", _Kind.MERGED),
    ("hoiku", "kodomo", _Kind.MERGED),
    ("kankyo", "gomi", _Kind.SPLIT),
    ("kankyo", "zero-carbon", _Kind.SPLIT),
    ("toshi", "kotsu", _Kind.MOVED),
]
ENDED = {row["code"] for row in DEPARTMENTS if "valid_to" in row}


def successors(sections: tuple[str, ...]) -> tuple[str, ...]:
    """Return the sections that answer after the reorganisation; those that stay, themselves."""
    later: dict[str, None] = {}
    for code in sections:
        following = [new for old, new, _ in SUCCESSIONS if old == code and old in ENDED]
        later |= dict.fromkeys(following or [code])
    return tuple(later)


# --- Rating schemes of the town (beside the preset mihon-80-50) -------------------------------

INDICATOR_PRESET = "mihon-80-50"  # since FY2022
SCHEMES = [
    {
        "code": "mihon-mark",
        "name": "みほん市 指標の記号評価（令和3年度まで）",
        "chosen_by_people": True,
        "note": "担当課が進み具合を見て選びました。令和4年度から数値の基準に改めました。",
        "bands": [
            ("◎", "達成", "二重丸、達成", "目標に届いた", Tone.GOOD),
            ("○", "順調", "丸、順調", "目標に向けて順調", Tone.GOOD),
            ("△", "やや遅れ", "三角、やや遅れ", "進んでいるが遅れている", Tone.FAIR),
            ("×", "遅れ", "ばつ、遅れ", "進んでいないか後退した", Tone.POOR),
        ],
    },
    {
        "code": "mihon-sheet",
        "name": "みほん市 取組の進み具合",
        "chosen_by_people": True,
        "unrated_label": "対象外",
        "note": "主な取組ごとに、担当課が年度の計画に照らして選びます。",
        "bands": [
            ("S", "計画以上", "エス、計画以上", "計画を上回って進んだ", Tone.GOOD),
            ("A", "計画どおり", "エー、計画どおり", "計画どおり進んだ", Tone.GOOD),
            ("B", "やや遅れ", "ビー、やや遅れ", "一部が計画に届かなかった", Tone.FAIR),
            ("C", "遅れ", "シー、遅れ", "計画の半分に届かなかった", Tone.POOR),
            ("N", "未着手", "エヌ、未着手", "まだ始めていない", Tone.NONE),
        ],
    },
]
