"""A real worker sends a real wave; killing it loses nothing."""

import threading
from collections import Counter

import pytest
from django.utils import timezone

from surveys.models import ContactLog, Invitation
from surveys.selectors.waves import progress_of
from surveys.services.waves import open_wave
from surveys.tasks import send_due_invitations
from tests.factories import CLERK
from tests.peers import SmtpPeer, wait_until
from tests.surveys.world import make_asked_member, make_survey

pytestmark = pytest.mark.django_db(transaction=True)


class SlowPeer(SmtpPeer):
    """A mail server that stops answering after some mails, until it is let go."""

    def __init__(self, *, answers: int) -> None:
        super().__init__()
        self.answers = answers
        self.is_stuck = threading.Event()
        self.may_go_on = threading.Event()

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        """Take the mail; after the last answer say nothing more."""
        answer = await super().handle_DATA(server, session, envelope)
        if len(self.messages) > self.answers and not self.may_go_on.is_set():
            self.is_stuck.set()
            # The connection stays open and silent: the sender waits for its 250.
            await server.loop.run_in_executor(None, self.may_go_on.wait, 30)
        return answer

    def counts(self) -> Counter[str]:
        return Counter(str(message["To"]) for message in self.messages)


@pytest.fixture
def peer():
    peer = SlowPeer(answers=10_000)
    peer.start()
    yield peer
    peer.may_go_on.set()
    peer.stop()


def open_now(members: int):
    for _ in range(members):
        make_asked_member()
    now = timezone.now()  # noqa: TID251 -- the worker's clock is the real one
    return open_wave(
        survey=make_survey(), period="now", sends_from=now, at=now, actor=CLERK
    )


def all_are_sent() -> bool:
    return not Invitation.objects.exclude(state="sent").exists()


def test_a_worker_sends_a_wave(start_worker, peer):
    start_worker(EMAIL_URL=peer.url)
    open_now(members=60)
    wait_until(lambda: Invitation.objects.count() == 60 and all_are_sent(), 30)
    assert len(peer.counts()) == 60
    assert set(peer.counts().values()) == {1}


def test_a_worker_killed_in_the_middle_of_a_wave_loses_nothing(start_worker, peer):
    peer.answers = 7
    environment = {"EMAIL_URL": peer.url, "SURVEY_LEASE_SECONDS": "2"}
    first = start_worker(**environment)
    wave = open_now(members=60)
    assert peer.is_stuck.wait(30)
    first.kill()
    assert 0 < Invitation.objects.filter(state="sent").count() < 60
    peer.may_go_on.set()
    start_worker(**environment)

    def look_again() -> bool:
        # What beat does every 30 seconds.
        send_due_invitations.delay()
        return all_are_sent()

    wait_until(look_again, 60)
    wave.refresh_from_db()
    counts = peer.counts()
    assert (wave.state, len(counts)) == ("open", 60)
    # One mail was with the server when the worker died: it is counted, not hidden.
    assert Counter(counts.values()) == {1: 59, 2: 1}
    assert progress_of(waves=[wave])[0].possible_copies == 1
    assert ContactLog.objects.count() == 60
