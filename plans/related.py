"""The rule of related plans that no single row can tell: whose policies they serve."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from .models import Plan, Policy, RelatedPlan


def check_policies(plan: Plan | None, policies: Iterable[Policy]) -> None:
    """Raise ValidationError where a related plan of `plan` is to serve another plan's policy."""
    if plan is not None and any(policy.plan_id != plan.pk for policy in policies):
        raise ValidationError({"policies": _("同じ計画の中から選んでください。")})


def misplaced() -> QuerySet[RelatedPlan]:
    """Related plans that serve a policy of another plan, by whatever door."""
    served = RelatedPlan.policies.through.objects.exclude(policy__plan=F("relatedplan__plan"))
    return RelatedPlan.objects.filter(pk__in=served.values("relatedplan"))
