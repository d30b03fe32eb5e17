"""The settings stop with a sentence that names what is missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PRODUCTION = {
    "SECRET_KEY": "a-secret-of-this-test-that-nobody-else-knows-and-is-long",
    "ALLOWED_HOSTS": "perennial.example",
    "SITE_URL": "https://perennial.example",
    "DATABASE_URL": "postgresql://somebody@db.example/perennial?sslmode=require",
    "REDIS_URL": "redis://cache.example",
    "EMAIL_URL": "smtp://mail.example",
}


def read(expression: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {"PATH": os.environ["PATH"]}
    code = f"from loyalty_site import settings; print({expression})"
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=kept | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_no_environment_means_trying_out(tmp_path):
    done = read("settings.TRYOUT, settings.DATABASE_URL", VAR_DIR=str(tmp_path))
    assert done.stdout.startswith("True postgresql://postgres@/perennial?host=")


def test_secret_of_a_tryout_is_made_once_and_kept(tmp_path):
    first, second = (
        read("settings.SECRET_KEY", VAR_DIR=str(tmp_path)).stdout for _ in range(2)
    )
    assert first == second
    assert len(first) > 50


@pytest.mark.parametrize("name", sorted(PRODUCTION))
def test_production_names_what_is_missing(name):
    done = read("1", **{**PRODUCTION, "TRYOUT": "off", name: ""})
    assert f"Set {name} (or {name}_FILE)" in done.stderr


def test_database_url_alone_means_production():
    done = read("settings.TRYOUT", **PRODUCTION)
    assert done.stdout == "False\n"


def test_secret_may_come_from_a_file(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("from-a-file-" * 6)
    environment = {k: v for k, v in PRODUCTION.items() if k != "SECRET_KEY"}
    done = read("settings.SECRET_KEY", **environment, SECRET_KEY_FILE=str(secret))
    assert done.stdout.strip() == "from-a-file-" * 6


def test_another_database_is_refused():
    done = read("1", **{**PRODUCTION, "DATABASE_URL": "sqlite:////tmp/x"})
    assert "must name a PostgreSQL database" in done.stderr


def test_options_of_the_database_url_are_kept():
    done = read("settings.DATABASES['default']['OPTIONS']", **PRODUCTION)
    assert "'sslmode': 'require'" in done.stdout
    assert "lock_timeout" in done.stdout


def test_second_factor_is_required_in_production():
    assert read("settings.STAFF_MFA_REQUIRED", **PRODUCTION).stdout == "True\n"


def test_command_says_in_one_line_what_is_missing():
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "TRYOUT": "off"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Set SECRET_KEY (or SECRET_KEY_FILE)")
    assert len(done.stderr.splitlines()) == 1
