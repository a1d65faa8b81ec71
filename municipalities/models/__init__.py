"""Who: municipalities, their sections as they change over the years, and the people."""

from municipalities.pending import PendingUpload

from .people import Membership, PersonManager, User, UserQuerySet
from .places import Department, DepartmentSuccession, Municipality, Validity, ValidityQuerySet

from municipalities.signing_in import FailedSignIn, SignIn, SignInWait  # isort: skip

__all__ = [
    "Department",
    "DepartmentSuccession",
    "FailedSignIn",
    "Membership",
    "Municipality",
    "PendingUpload",
    "PersonManager",
    "SignIn",
    "SignInWait",
    "User",
    "UserQuerySet",
    "Validity",
    "ValidityQuerySet",
]
