"""A trial on this machine, from an empty directory to a running server: `make run` starts it.

It prepares the database and ends in gunicorn, whose configuration file is this same file, so that
the address is printed when the server can answer and not before. What is set in the environment
is respected. Not for production: plain http, and the secret key lies beside the code.
"""

import os
import secrets
import socket
import sys
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
TRIAL_DIR = Path(os.environ.get("TRIAL_DIR") or BASE_DIR / ".trial")
HOST = os.environ.get("HOST") or "127.0.0.1"
PORT = int(os.environ.get("PORT") or 8000)

# What gunicorn reads. One process, so that the local cache is the same for every request.
bind = f"{HOST}:{PORT}"
preload_app = True
workers = 1
threads = 8
loglevel = "warning"
control_socket_disable = True


def when_ready(server):
    """Print the address: gunicorn calls this once it listens with the application loaded."""
    host = "127.0.0.1" if HOST == "0.0.0.0" else HOST  # noqa: S104
    print(f"\nShirube is running at http://{host}:{PORT}/ (Ctrl-C stops it)\n", flush=True)


def secret_key() -> str:
    """Return the key of this trial, made once: sessions survive a restart."""
    path = TRIAL_DIR / "secret_key"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


def set_environment() -> None:
    """Set what the settings need for plain http on this machine, with DEBUG left off."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("ALLOWED_HOSTS", f"localhost,127.0.0.1,[::1],{HOST}")
    os.environ.setdefault("SECURE_COOKIES", "0")
    os.environ.setdefault("STATIC_ROOT", str(TRIAL_DIR / "static"))
    if not os.environ.get("SECRET_KEY"):
        os.environ["SECRET_KEY"] = secret_key()


def check_port() -> None:
    """Stop with a clear message, before any work, when something listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, PORT))
        except OSError as error:
            sys.exit(f"{bind}: {error.strerror}. Choose another port: make run PORT={PORT + 1}")


def prepare() -> None:
    """Bring the database and the static files up to date; entered data are never touched."""
    import django
    from django.core.management import CommandError, call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("load_plans")
    call_command("collectstatic", interactive=False, verbosity=0)
    try:
        call_command("demo_accounts", password_file=TRIAL_DIR / "demo_password")
    except CommandError as error:
        # The sample town, to which the accounts belong, may have been deleted.
        print(f"No demo accounts: {error}")


def main() -> None:
    os.chdir(BASE_DIR)
    sys.path.insert(0, str(BASE_DIR))
    set_environment()
    check_port()
    prepare()
    sys.stdout.flush()
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", __file__, "config.wsgi"]
    os.execv(sys.executable, gunicorn)  # noqa: S606


if __name__ == "__main__":
    main()
