"""The 17 Sustainable Development Goals by their Japanese short names."""

from django.utils.translation import gettext_lazy as _

SDGS = {
    1: _("貧困をなくそう"),
    2: _("飢餓をゼロに"),
    3: _("すべての人に健康と福祉を"),
    4: _("質の高い教育をみんなに"),
    5: _("ジェンダー平等を実現しよう"),
    6: _("安全な水とトイレを世界中に"),
    7: _("エネルギーをみんなに そしてクリーンに"),
    8: _("働きがいも経済成長も"),
    9: _("産業と技術革新の基盤をつくろう"),
    10: _("人や国の不平等をなくそう"),
    11: _("住み続けられるまちづくりを"),
    12: _("つくる責任 つかう責任"),
    13: _("気候変動に具体的な対策を"),
    14: _("海の豊かさを守ろう"),
    15: _("陸の豊かさも守ろう"),
    16: _("平和と公正をすべての人に"),
    17: _("パートナーシップで目標を達成しよう"),
}


def sdg_name(number: int) -> str:
    """Return a goal's number and name; the number alone where there is no such goal."""
    return f"{number} {SDGS[number]}" if number in SDGS else str(number)
