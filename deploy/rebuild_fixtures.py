"""Write the shipped fixtures anew after the frozen format has changed: `make fixtures`.

The real plans were published once each from checked rows, so publishing those rows again gives
what their publications hold; the sample town is told again from its beginning. Works in a
database of its own and touches no other.
"""

import os
import sys
import tempfile
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent

# plan fixture → municipality and plan; the municipality's own fixtures are written by hand.
REAL_PLANS = {
    "gunma_seikatsu": ("gunma", "seikatsu"),
    "gunma_ict_3": ("gunma", "ict-3"),
    "gunma_ict_4": ("gunma", "ict-4"),
    "isesaki_sogo": ("isesaki", "sogo"),
    "konan_sogo": ("konan", "sogo"),
    "mihon_kihon_zenki": ("mihon", "kihon-zenki"),
    "mihon_kihon": ("mihon", "kihon"),
}
HAND_WRITTEN = ("rating_schemes", "gunma", "isesaki", "konan", "mihon")
SAMPLE = ("--municipality=mihon", "--plan=mirai", "--plan=senryaku", "--plan=senryaku-kaitei")


def publish_again(municipality: str, slug: str) -> None:
    """Replace a plan's publications by the same ones, frozen in today's format."""
    from plans.models import Plan
    from rounds.models import Publication
    from rounds.record import publish

    plan = Plan.objects.get(municipality__slug=municipality, slug=slug)
    kept = list(Publication.objects.filter(plan=plan).order_by("number"))
    Publication.objects.filter(plan=plan).delete()
    for old in kept:
        new = publish(
            plan,
            old.kind,
            by=None,
            fiscal_year=old.fiscal_year,
            period=old.period,
            effective_at=old.effective_at,
            mark=old.mark,
            reason=old.reason,
            note=old.note,
        )
        Publication.objects.filter(pk=new.pk).update(created_at=old.created_at)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(
            DATABASE_URL=f"sqlite:///{folder}/rebuild.sqlite3",
            DJANGO_SETTINGS_MODULE="config.settings",
            SECRET_KEY="only-for-rebuilding-fixtures",  # noqa: S106
        )
        sys.path.insert(0, str(BASE_DIR))
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        call_command("loaddata", *HAND_WRITTEN, *REAL_PLANS, verbosity=0)
        for name, (municipality, slug) in REAL_PLANS.items():
            publish_again(municipality, slug)
            call_command("dump_fixture", name, municipality=municipality, plan=[slug])
        call_command("build_sample_town")
        call_command("dump_fixture", "mihon_mirai", *SAMPLE, "--with=sections", "--with=schemes")


if __name__ == "__main__":
    main()
