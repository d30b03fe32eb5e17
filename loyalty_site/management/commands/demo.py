"""Run the whole program for trying out: database, web server, worker and beat."""

import os
import signal
import subprocess
import sys
import threading
import time
from argparse import ArgumentParser
from pathlib import Path
from types import FrameType

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from loyalty_site.catalogs import compile_catalogs
from loyalty_site.children import Children, free_port, responds
from loyalty_site.demo import demo_sign_ins
from loyalty_site.embedded.servers import hold_servers, release_servers
from members.models import Member
from reports.demo.load import is_begun, is_loaded
from reports.management.commands.load_demo_data import KEY_FILE

START_SECONDS = 60
ROOT: Path = settings.BASE_DIR


class Command(BaseCommand):
    """`manage.py demo`, the parent of everything that runs in a demo."""

    help = "Prepare the database and its sample data, then run the whole program."
    requires_system_checks: list[str] = []  # every process that follows makes them

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
        parser.add_argument(
            "--port", type=int, default=int(os.environ.get("PORT") or 8000)
        )
        parser.add_argument(
            "--empty", action="store_true", help="Do not load the sample data."
        )

    def handle(self, *_args: object, **options: str | int | bool) -> None:
        if not settings.TRYOUT:
            message = "The demo has known passwords. Set TRYOUT=on to run it."
            raise CommandError(message)
        self.asked_to_stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        host, wanted = str(options["host"]), int(options["port"])
        port = free_port(host, wanted)
        if port != wanted:
            self._say(f"Port {wanted} is taken; using {port}.")
        self.url = f"http://{host}:{port}"
        self.children = Children(settings.VAR_DIR / "log", self._environment())
        try:
            self._prepare()
            if not options["empty"]:
                self._load_sample_data()
            self._run(host, port)
        finally:
            self._stop()

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.asked_to_stop.set()

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def _environment(self) -> dict[str, str]:
        # Mails carry the address, so every process must know the real one.
        site_url = os.environ.get("SITE_URL", self.url)
        return {**os.environ, "TRYOUT": "on", "SITE_URL": site_url}

    def _prepare(self) -> None:
        hold_servers()
        self._say("Preparing the database ...")
        call_command("migrate", verbosity=0, interactive=False)
        for path in settings.LOCALE_PATHS:
            compile_catalogs(Path(path))
        self.sign_ins = demo_sign_ins()

    def _load_sample_data(self) -> None:
        if is_loaded() or (Member.objects.exists() and not is_begun()):
            return
        self._say("Loading the sample data; this happens once ...")
        # A process of its own learns the address of the site and can be interrupted;
        # the next start goes on with the day where this one stopped.
        with subprocess.Popen(
            [sys.executable, "manage.py", "load_demo_data"],
            cwd=ROOT,
            env=self.children.environment,
            start_new_session=True,
        ) as loading:
            while loading.poll() is None:
                if self.asked_to_stop.wait(0.2):
                    loading.terminate()
                    return
        if loading.returncode:
            message = "The sample data could not be loaded."
            raise CommandError(message)

    def _run(self, host: str, port: int) -> None:
        if self.asked_to_stop.is_set():
            return
        python = [sys.executable, "-m"]
        web = ["gunicorn", "loyalty_site.wsgi", f"--bind={host}:{port}"]
        gunicorn = ["--preload", "--workers=2", "--threads=4", "--worker-class=gthread"]
        self.children.start("web", [*python, *web, *gunicorn], cwd=ROOT)
        welcome = self._welcome()
        self._wait_for_web()
        celery = [*python, "celery", "-A", "loyalty_site"]
        worker = ["--concurrency=2", "--without-gossip", "--without-mingle"]
        schedule = settings.VAR_DIR / "beat-schedule"
        for name, command in (
            ("worker", [*celery, "worker", "--loglevel=INFO", *worker]),
            ("beat", [*celery, "beat", f"--schedule={schedule}", "--pidfile="]),
        ):
            self.children.start(name, command, cwd=ROOT)
        if not self.asked_to_stop.is_set():
            self._say(welcome)
        while not self.asked_to_stop.wait(0.5):
            self._fail_if_ended()

    def _wait_for_web(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not (self.asked_to_stop.is_set() or responds(f"{self.url}/healthz")):
            self._fail_if_ended()
            if time.monotonic() > deadline:
                message = f"The web server did not answer in {START_SECONDS} s."
                raise CommandError(message)
            time.sleep(0.1)

    def _fail_if_ended(self) -> None:
        if child := self.children.ended():
            message = (
                f"The {child.name} process ended by itself with code "
                f"{child.process.returncode}; stopping the rest. "
                f"The end of {child.log}:\n{child.last_lines()}"
            )
            raise CommandError(message)

    def _welcome(self) -> str:
        lines = [
            "",
            f"  Perennial runs at         {self.url}/",
            f"  The mails it would send   {self.url}/demo/outbox/",
        ]
        if member := Member.objects.active().exclude(email="").first():
            lines += [
                f"  Members' own pages        {self.url}{reverse('points:portal-home')}",
                f"    for example as {member.email}; the code is among the mails",
            ]
        key = settings.VAR_DIR / KEY_FILE
        if key.exists():
            lines.append(f"  An API key                {key.read_text().strip()}")
        lines += ["", f"  {'Role':<26}{'User name':<14}Password"]
        lines += [
            f"  {sign_in.role:<26}{sign_in.username:<14}{sign_in.password}"
            for sign_in in self.sign_ins
        ]
        lines += ["", f"  Logs in {self.children.logs}. Ctrl-C stops everything.", ""]
        return "\n".join(lines)

    def _stop(self) -> None:
        if self.children.running:
            self._say("Stopping ...")
        self.children.stop()
        release_servers(settings.VAR_DIR)
