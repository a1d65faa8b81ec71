"""The shape of the code: imports run one way, pure modules stay pure, modules stay short."""

import ast
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Each may use the ones of the lines above it; exchange and portal do not know each other.
LEVELS = {
    "municipalities": 0,
    "plans": 1,
    "measures": 2,
    "indicators": 3,
    "rounds": 4,
    "exchange": 5,
    "portal": 5,
}
PURE = [
    str(path.relative_to(ROOT))
    for pattern in (
        "municipalities/fiscal_year.py",
        "indicators/evaluation/*.py",
        "measures/text_diff.py",
        "plans/workflow.py",
        "rounds/entry/plausible.py",
        "exchange/sheets/*.py",
        "portal/chart*.py",
        "exchange/open_data/formats.py",
        "exchange/open_data/table.py",
    )
    for path in sorted(ROOT.glob(pattern))
]
LONGEST = 450
NOT_OURS = {"node_modules", "staticfiles", "__pycache__"}
TEXT = {".py", ".html", ".css", ".js", ".json", ".yaml", ".yml", ".md", ".toml", ".txt", ".sh", ""}
FORBIDDEN = ("TODO", "FIXME", "XXX", "shared/")


def files() -> Iterator[Path]:
    """Yield every file of the repository, as far as names tell; of hidden folders only .ci."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [
            name
            for name in folders
            if name not in NOT_OURS and (name == ".ci" or not name.startswith("."))
        ]
        yield from (Path(folder) / name for name in names)


def modules(app: str = "") -> list[Path]:
    """Return the Python modules of an app (of everything by default), without migrations."""
    return sorted(
        path
        for path in files()
        if path.suffix == ".py"
        and "migrations" not in path.parts
        and path.is_relative_to(ROOT / app)
    )


@cache
def tree(path: Path) -> ast.Module:
    """Return the syntax tree of a module."""
    return ast.parse(path.read_text())


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Yield (line, dotted name) of everything a module imports; relative names made absolute."""
    package = list(path.relative_to(ROOT).parts[:-1])
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            prefix = ".".join([*base, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{prefix}.{alias.name}") for alias in node.names)


def named_in_strings(path: Path) -> Iterator[tuple[int, str]]:
    """Yield (line, text) of strings that name something of an app, such as "plans.Plan"."""
    dotted = re.compile(rf"(?:{'|'.join(LEVELS)})(?:\.\w+)+")
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if dotted.fullmatch(node.value):
                yield node.lineno, node.value
        elif isinstance(node, ast.Call) and node.args:
            # apps.get_model("plans", "Plan")
            first, name = node.args[0], getattr(node.func, "attr", "")
            if name in {"get_model", "get_app_config"} and isinstance(first, ast.Constant):
                yield node.lineno, str(first.value)


@pytest.mark.parametrize("app", LEVELS)
def test_an_app_uses_only_what_lies_below_it(app: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line} uses {name}"
        for path in modules(app)
        for line, name in [*imported(path), *named_in_strings(path)]
        for other in [name.partition(".")[0]]
        if other in {"config", "tests"} or (other != app and LEVELS.get(other, -1) >= LEVELS[app])
    ]
    assert wrong == []


@pytest.mark.parametrize("module", PURE)
def test_a_pure_module_needs_no_database(module: str) -> None:
    wrong = [
        f"line {line}: {name}"
        for line, name in imported(ROOT / module)
        if name.startswith(("django.db", "django.apps", "django.contrib"))
        or {"models", "record"} & set(name.split("."))
    ]
    assert wrong == []


def test_modules_are_short_enough_to_read() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in modules()
    }
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


def test_nothing_is_left_for_later_or_points_outside() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{number} {word}"
        for path in files()
        if path.suffix in TEXT and path != Path(__file__)
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), start=1)
        for word in FORBIDDEN
        if word in line
    ]
    assert wrong == []
