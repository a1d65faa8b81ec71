"""Answers Django's permission questions from the memberships; needs no permission rows."""

from typing import Any

from django.apps import apps
from django.contrib.auth.backends import BaseBackend
from django.db import models

from .access import roles_allowed, scope_of


def keeps_towns(model: type[models.Model]) -> bool:
    """Whether a model is one of ours: it says to which municipality its rows belong, or is
    shared by all, or is the history of such a model."""
    return hasattr(getattr(model, "instance_type", model), "municipality_lookup")


class RoleBackend(BaseBackend):
    """What a person's roles allow; which rows, `visible_to` and the write path say."""

    def has_perm(self, user_obj: Any, perm: str, obj: models.Model | None = None) -> bool:
        app, _dot, codename = perm.partition(".")
        action, _underscore, model_name = codename.partition("_")
        try:
            model = apps.get_model(app, model_name)
        except (LookupError, ValueError):
            return False
        scope = scope_of(user_obj)
        if not keeps_towns(model) or not scope.roles & roles_allowed(model, action):
            return False
        if obj is None or scope.is_operator:
            return True
        return model._default_manager.visible_to(user_obj).filter(pk=obj.pk).exists()

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return bool(scope_of(user_obj).roles) and any(
            keeps_towns(model) for model in apps.get_app_config(app_label).get_models()
        )
