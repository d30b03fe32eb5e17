"""The peers of the tests are real: mail arrives, a worker works, a flush empties."""

from django.contrib.auth.models import Group
from django.core.mail import send_mail
from django.db import connection

from loyalty_site.accounts.roles import ROLES
from loyalty_site.celery import app
from points.models import Programme
from tests.peers import wait_until


def test_mail_arrives(smtp):
    send_mail("Hello", "World", "from@example.com", ["to@example.com"])
    assert [message["Subject"] for message in smtp.messages] == ["Hello"]


def test_worker_takes_a_task_of_this_run(start_worker):
    worker = start_worker()
    app.send_task("celery.chunks", args=[[], []])
    wait_until(lambda: "Task celery.chunks" in worker.log.read_text())


def test_flush_leaves_the_programme_and_the_roles(transactional_db):
    assert Programme.objects.count() == 1
    assert set(Group.objects.values_list("name", flat=True)) == set(ROLES)


def test_database_is_the_tests_own(db):
    assert connection.settings_dict["NAME"].startswith("test_perennial")


def test_clerk_is_signed_in(clerk):
    assert clerk.get("/healthz").status_code == 200
    assert "_auth_user_id" in clerk.session
