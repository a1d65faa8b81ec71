"""Schemathesis asks every address of the API what its document allows, and what it does not."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, settings

from exchange.api.schema import document

from .api import unhurried  # noqa: F401
from .shipped import SAMPLE_TOWN, loaded_for_module

pytestmark = [pytest.mark.django_db, pytest.mark.any_database, pytest.mark.usefixtures("unhurried")]
SHIPPED = {"municipality": "mihon", "plan": "senryaku", "indicator": "s-1"}


def about_the_sample_town() -> Any:
    """Return the document in which paths name what there is, so that rows are answered."""
    found = deepcopy(document())
    for path in found["paths"].values():
        for parameter in path["get"].get("parameters", []):
            if parameter["in"] == "path":
                parameter["schema"] = {"type": "string", "enum": [SHIPPED[parameter["name"]]]}
    api = schemathesis.openapi.from_dict(found)
    api.app = get_wsgi_application()
    api.config.update(base_url="http://localhost")
    return api


api = about_the_sample_town()


@pytest.fixture(scope="module", autouse=True)
def sample_town(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The sample town's plans; all is rolled back. A server closes the database after a request,
    the tests' goes on."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    with loaded_for_module(django_db_blocker, *SAMPLE_TOWN):
        yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@api.parametrize()
@settings(max_examples=2, suppress_health_check=list(HealthCheck))
def test_no_question_breaks_the_api(case: Any) -> None:
    case.call_and_validate()
