"""Measures what users wait for, beside the figures of other software: `make bench`.

Prints and asserts nothing about time: a shared machine is no judge. Everything happens in a
temporary SQLite database.
"""

import os
import tempfile
import warnings
from pathlib import Path


def main() -> None:
    """Set up Django on an empty database of its own, and measure everything."""
    with tempfile.TemporaryDirectory() as directory:
        os.environ["TEST_DATABASE_URL"] = f"sqlite:///{Path(directory, 'bench.sqlite3')}"
        os.environ["TEST_CACHE_URL"] = ""
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        warnings.filterwarnings("ignore", message="No directory at")

        import django

        import tests.environment  # noqa: F401  (before the settings are read)

        django.setup()

        from django.core.management import call_command

        from . import tasks

        call_command("migrate", verbosity=0)
        tasks.run_all()


if __name__ == "__main__":
    main()
