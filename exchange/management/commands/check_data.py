"""Prove that the whole database obeys the rules, however its rows came in."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import models

from measures.lines import contradicting_lines
from plans.related import misplaced
from rounds import succession


class Command(BaseCommand):
    help = "Checks every row against the rules; fails and lists what breaks them."

    def handle(self, *args: Any, **options: Any) -> None:
        problems = rows = 0
        for row in succession.taken_over_rows():
            problems += 1
            name = row._meta.verbose_name
            self.stderr.write(f"{name} {row.pk}（{row}）：別の計画に引き継がれた年度です。")
        for line, problem in contradicting_lines():
            problems += 1
            self.stderr.write(f"{line._meta.verbose_name} {line.pk}（{line}）：{problem}")
        for related in misplaced():
            problems += 1
            name = related._meta.verbose_name
            self.stderr.write(f"{name} {related.pk}（{related}）：別の計画の施策が付いています。")
        for model in _models():
            for row in _rows(model):
                rows += 1
                try:
                    row.full_clean(validate_unique=False)
                except ValidationError as error:
                    problems += 1
                    name = model._meta.verbose_name
                    self.stderr.write(f"{name} {row.pk}（{row}）：{' '.join(error.messages)}")
        if problems:
            raise CommandError(f"{problems} of {rows} rows break a rule.")
        self.stdout.write(f"{rows} rows obey the rules.")


def _models() -> Iterator[type[models.Model]]:
    for model in apps.get_models():
        if hasattr(model, "municipality_lookup") and not model._meta.proxy:
            yield model


def _rows(model: type[models.Model]) -> Iterator[models.Model]:
    """Return all rows with their direct relations, read in one query."""
    relations = [field.name for field in model._meta.fields if field.many_to_one]
    return model._default_manager.select_related(*relations).iterator(chunk_size=2000)
