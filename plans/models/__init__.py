"""What was promised: plans, their structure, rating schemes and year locks."""

from .nodes import BasicGoal, Lifetime, PlanNode, Policy, PolicyField, PolicySdg, SdgTag
from .plan import Footnote, GlossaryTerm, Plan, RelatedPlan, YearLock
from .ratings import Band, PlanScheme, RatingScheme
from .working import WorkingRow

__all__ = [
    "Band",
    "BasicGoal",
    "Footnote",
    "GlossaryTerm",
    "Lifetime",
    "Plan",
    "PlanNode",
    "PlanScheme",
    "Policy",
    "PolicyField",
    "PolicySdg",
    "RatingScheme",
    "RelatedPlan",
    "SdgTag",
    "WorkingRow",
    "YearLock",
]
