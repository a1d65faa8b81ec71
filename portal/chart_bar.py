"""The small bar of a progress rate, as SVG. Pure, like the charts."""

from decimal import Decimal
from fractions import Fraction

from django.utils.safestring import SafeString

from portal.chart_data import require_finite, require_uid
from portal.chart_svg import join, tag


def rate_bar(percent: Decimal | None, uid: str, label: str) -> SafeString:
    """Return a small bar for a progress rate in percent, 0…100 of which are drawn.

    Below 0 and above 100 an arrow says that the bar is clipped. None (no rate) is a dashed,
    empty bar; 0 is an empty one. The number and the reason for None stand beside it in the page:
    the bar is hidden from assistive technology. `label` is its tooltip.
    """
    require_uid(uid)
    require_finite(percent)
    left, width, height = 12, 104, 14
    parts = [tag("title", label)]
    if percent is None:
        parts.append(tag("rect", cls="rate-bar-none", x=left, y=1, width=width, height=12, rx=2))
    else:
        filled = min(max(Fraction(percent), Fraction(0)), Fraction(100)) * width / 100
        parts.append(tag("rect", cls="rate-bar-track", x=left, y=1, width=width, height=12, rx=2))
        if filled:
            parts.append(
                tag("rect", cls="rate-bar-fill", x=left, y=1, width=filled, height=12, rx=2)
            )
        if percent < 0:
            parts.append(tag("polygon", cls="rate-bar-arrow", points="9,1 9,13 0,7"))
        elif percent > 100:
            parts.append(tag("polygon", cls="rate-bar-arrow", points="119,1 119,13 128,7"))
    return tag(
        "svg",
        join(parts),
        xmlns="http://www.w3.org/2000/svg",
        cls="rate-bar",
        id=uid,
        viewBox=f"0 0 128 {height}",
        width=128,
        height=height,
        aria_hidden="true",
        focusable="false",
    )
