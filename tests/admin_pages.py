"""Pages of the admin as a person uses them: sign in, open, fill in, save."""

from typing import Any

from bs4 import BeautifulSoup
from django.db import models
from django.test import Client
from django.urls import reverse

from measures.models import ProgressReport
from municipalities.models import User

from .forms import sent


def sign_in(user: User) -> Client:
    """Return a browser in which `user` is signed in."""
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


def address(model: type[models.Model], page: str, *args: Any) -> str:
    """Return the address of a page: changelist, add, change, history, delete."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def filled_in(client: Client, url: str) -> dict[str, Any]:
    """Return what the form on a page would send if it were saved as it is; {} if only read."""
    page = BeautifulSoup(client.get(url).content, "html.parser")
    button = page.select_one("form[method=post] .submit-row input[type=submit]")
    if button is None:
        return {}
    form = button.find_parent("form")
    multiple = {box["name"] for box in form.select("select[multiple][name]")}
    return {
        name: values if name in multiple else values[-1]
        for name, values in sent(form).items()
        if "__prefix__" not in name and (values or name in multiple)
    }


def add_row(data: dict[str, Any], prefix: str, **fields: Any) -> dict[str, Any]:
    """Return `data` with one more row in the inline `prefix`."""
    number = int(data[f"{prefix}-TOTAL_FORMS"])
    row = {f"{prefix}-{number}-{name}": value for name, value in fields.items()}
    return data | row | {f"{prefix}-TOTAL_FORMS": str(number + 1)}


def save(client: Client, url: str, data: dict[str, Any]) -> list[str]:
    """Send a form; return the errors the page shows, [] where it was saved."""
    answer = client.post(url, data)
    if answer.status_code == 302:
        return []
    assert answer.status_code == 200, answer.status_code
    page = BeautifulSoup(answer.content, "html.parser")
    errors = [item.get_text(strip=True) for item in page.select("ul.errorlist li")]
    assert errors, "the page shows no error"
    return errors


def form_page(rows: dict) -> str:
    """The form of the progress sheet of the town's plan."""
    return reverse(
        "admin:measures_reportcolumn_form", args=[rows[ProgressReport].row.action.plan_id]
    )


def take_over_page(rows: dict) -> str:
    """Where last year's text is taken over in the town's plan."""
    plan = rows[ProgressReport].row.action.plan_id
    return f"{reverse('admin:measures_progressreport_takeover')}?plan={plan}&fiscal_year=2024"
