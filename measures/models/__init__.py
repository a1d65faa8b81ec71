"""What is done: measures and actions, their yearly reports, goals of departments,
and how the levels of one plan correspond to those of the next."""

from .nodes import Action, Measure, MeasureSdg, ReportingDepartment, ReportingRow
from .reports import DepartmentPolicySheet, PriorityIssue, ProgressReport, ReportColumn
from .reviews import ReviewComment
from .revision import Correspondence

__all__ = [
    "Action",
    "Correspondence",
    "DepartmentPolicySheet",
    "Measure",
    "MeasureSdg",
    "PriorityIssue",
    "ProgressReport",
    "ReportColumn",
    "ReportingDepartment",
    "ReportingRow",
    "ReviewComment",
]
