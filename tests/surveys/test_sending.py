"""Mails go out once, whatever the mail server does."""

import re
import smtplib
from datetime import timedelta

import pytest
from django.core import mail

from members.services import close_member
from surveys.models import ContactLog, Invitation, Suppression
from surveys.selectors.waves import progress_of
from surveys.services import sending
from surveys.services.optouts import unsubscribe
from surveys.services.sending import (
    BATCH,
    PAUSES,
    SENDERS,
    claim_invitations,
    send_claimed,
    send_due,
)
from surveys.tokens import ANSWER, UNSUBSCRIBE, hash_of, token_for
from tests.factories import CLERK, NOON
from tests.peers import free_port
from tests.races import Meeting, at_once
from tests.surveys.world import (
    consent,
    database_state,
    make_asked_member,
    make_invitation,
    make_survey,
    make_wave,
)

pytestmark = pytest.mark.django_db


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self):
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def send_until_quiet(clock: Clock) -> None:
    while send_due(clock=clock):
        pass


def test_a_mail_goes_out_once(smtp, clock):
    invitation = make_invitation(is_sent=False)
    send_until_quiet(clock)
    send_until_quiet(clock)
    invitation.refresh_from_db()
    assert (invitation.state, invitation.sent_at) == ("sent", NOON)
    assert [m["To"] for m in smtp.messages] == [invitation.member.email]
    assert ContactLog.objects.get().member == invitation.member


def test_mail_says_what_mail_programs_ask_for(smtp, clock, settings):
    settings.SITE_URL = "https://points.example.com"
    settings.DEFAULT_FROM_EMAIL = "Shop <hello@example.com>"
    settings.SURVEY_UNSUBSCRIBE_MAILBOX = "stop@example.com"
    make_survey(reply_to="care@example.com")
    invitation = make_invitation(is_sent=False)
    send_until_quiet(clock)
    message = smtp.messages[0]
    leave = (
        f"https://points.example.com/u/{token_for(invitation.public_id, UNSUBSCRIBE)}/"
    )
    assert message["List-Unsubscribe"].strip() == (
        f"<{leave}>, <mailto:stop@example.com?subject=unsubscribe>"
    )
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Message-ID"] == f"<survey.{invitation.public_id}@example.com>"
    assert message["List-Id"] == "<surveys.example.com>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Feedback-ID"].endswith(":nps:survey:perennial")
    assert message["Reply-To"] == "care@example.com"
    assert message["From"] == "Perennial <hello@example.com>"


def test_mail_is_whole_in_plain_text_and_loads_nothing(smtp, clock):
    invitation = make_invitation(is_sent=False, name="Alice")
    send_until_quiet(clock)
    message = smtp.messages[0]
    link = f"/s/{token_for(invitation.public_id, ANSWER)}/"
    plain = message.get_body(("plain",)).get_content().replace("\r\n", "\n")
    html = message.get_body(("html",)).get_content()
    assert message.get_content_type() == "multipart/alternative"
    assert f"{link}\n" in plain
    assert "You get 50 points for answering, the same for every score." in plain
    assert [int(n) for n in re.findall(link + r"\?score=(\d+)", html)] == list(
        range(11)
    )
    assert "<style" not in html
    assert not re.search(r"<(img|link|script|iframe)|url\(", html)
    assert len(message.as_bytes()) < 100_000


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("en", "Would you recommend Perennial?"),
        ("zh-hans", "您会推荐 Perennial 吗？"),  # noqa: RUF001
        ("zh-hant", "你會推薦 Perennial 嗎？"),  # noqa: RUF001
    ],
)
def test_members_are_written_to_in_their_language(smtp, clock, language, subject):
    make_invitation(is_sent=False, language=language)
    send_until_quiet(clock)
    assert smtp.messages[0]["Subject"] == subject


def test_only_the_hash_of_a_token_is_stored():
    invitation = make_invitation(is_sent=False)
    tokens = [token_for(invitation.public_id, p) for p in (ANSWER, UNSUBSCRIBE)]
    assert bytes(invitation.token_hash) == hash_of(tokens[0])
    assert bytes(invitation.unsubscribe_hash) == hash_of(tokens[1])
    assert len(set(tokens)) == 2
    assert all(len(token) == 43 for token in tokens)


def test_a_retried_mail_has_the_same_link_and_message_id(smtp, clock):
    make_invitation(is_sent=False)
    smtp.answer = "451 Try again later"
    send_until_quiet(clock)
    assert (Invitation.objects.get().state, smtp.messages) == ("queued", [])
    smtp.answer = "250 OK"
    send_until_quiet(clock)
    assert smtp.messages == []
    clock.move(minutes=2)
    send_until_quiet(clock)
    assert len(smtp.messages) == 1
    assert progress_of(waves=[Invitation.objects.get().wave])[0].possible_copies == 0


def test_a_row_that_never_goes_out_is_left_to_people(smtp, clock):
    make_invitation(is_sent=False)
    smtp.answer = "554 We do not like it"
    for _ in range(len(PAUSES) + 3):
        send_until_quiet(clock)
        clock.move(hours=40)
    invitation = Invitation.objects.get()
    assert (invitation.state, invitation.attempts) == ("failed", 8)
    assert "We do not like it" in invitation.error


def test_a_refused_address_bounces_and_is_left_alone(smtp, clock, monkeypatch):
    invitation = make_invitation(is_sent=False)

    async def refuse(*_arguments):
        return "550 No such user"

    monkeypatch.setattr(smtp, "handle_RCPT", refuse, raising=False)
    send_until_quiet(clock)
    invitation.refresh_from_db()
    assert (invitation.state, invitation.attempts) == ("bounced", 1)
    assert Suppression.objects.get().address == invitation.member.email
    assert not ContactLog.objects.exists()


def test_a_server_that_takes_the_mail_and_hangs_up_is_counted(smtp, clock, monkeypatch):
    make_invitation(is_sent=False)
    original = smtp.handle_DATA

    async def take_and_hang_up(server, session, envelope):
        await original(server, session, envelope)
        server.transport.close()
        return "250 OK"

    monkeypatch.setattr(smtp, "handle_DATA", take_and_hang_up)
    send_until_quiet(clock)
    assert Invitation.objects.get().state == "queued"
    monkeypatch.setattr(smtp, "handle_DATA", original)
    clock.move(minutes=2)
    send_until_quiet(clock)
    first, second = smtp.messages
    assert first["Message-ID"] == second["Message-ID"]
    assert (
        first.get_body(("plain",)).get_content()
        == second.get_body(("plain",)).get_content()
    )
    invitation = Invitation.objects.get()
    assert (invitation.state, invitation.possible_copies) == ("sent", 1)
    assert ContactLog.objects.count() == 1


def test_when_the_server_is_away_nothing_counts_as_an_attempt(smtp, clock, settings):
    make_invitation(is_sent=False)
    settings.EMAIL_PORT = free_port()
    send_until_quiet(clock)
    invitation = Invitation.objects.get()
    assert (invitation.state, invitation.attempts) == ("queued", 0)
    settings.EMAIL_PORT = smtp.port
    clock.move(minutes=2)
    send_until_quiet(clock)
    assert len(smtp.messages) == 1


def test_an_address_no_header_can_hold_does_not_stop_the_others(smtp, clock):
    make_asked_member(name="Good")
    bad = make_asked_member(name="Bad")
    type(bad).objects.filter(pk=bad.pk).update(
        email="a@example.com\nBcc: x@example.com"
    )
    make_wave(make_survey())
    send_until_quiet(clock)
    assert sorted(Invitation.objects.values_list("state", flat=True)) == [
        "queued",
        "sent",
    ]


@pytest.mark.parametrize("change", ["refuse", "close", "unsubscribe"])
def test_who_left_since_gets_no_mail(smtp, clock, change):
    invitation = make_invitation(is_sent=False)
    member = invitation.member
    if change == "refuse":
        consent(member, is_granted=False, at=NOON)
    elif change == "close":
        close_member(member=member, reason="", at=NOON, actor=CLERK)
    else:
        unsubscribe(token=token_for(invitation.public_id, UNSUBSCRIBE), at=NOON)
    send_until_quiet(clock)
    invitation.refresh_from_db()
    wave = type(invitation.wave).objects.get()
    assert (smtp.messages, invitation.state) == ([], "cancelled")
    assert (wave.members_invited, wave.members_skipped, wave.skips.count()) == (0, 1, 1)


def test_a_claim_is_held_until_its_lease_runs_out(clock):
    make_invitation(is_sent=False)
    assert len(claim_invitations(limit=9, at=clock())) == 1
    clock.move(seconds=119)
    assert claim_invitations(limit=9, at=clock()) == []
    clock.move(seconds=1)
    assert [claim.attempt for claim in claim_invitations(limit=9, at=clock())] == [2]


def test_a_sender_that_slept_too_long_sends_nothing(smtp, clock):
    make_invitation(is_sent=False)
    slow = claim_invitations(limit=9, at=clock())
    clock.move(minutes=3)
    send_until_quiet(clock)
    send_claimed(claims=slow, clock=clock)
    assert len(smtp.messages) == 1


def test_enough_senders_are_enough(clock, monkeypatch):
    monkeypatch.setattr(sending, "BATCH", 1)
    for _ in range(SENDERS + 2):
        make_asked_member()
    make_wave(make_survey())
    claims = [claim_invitations(limit=1, at=clock()) for _ in range(SENDERS + 2)]
    assert [len(claim) for claim in claims] == [1] * SENDERS + [0, 0]


def test_sending_asks_for_more_while_there_is_more(clock, monkeypatch):
    monkeypatch.setattr(sending, "BATCH", 2)
    for _ in range(3):
        make_asked_member()
    make_wave(make_survey())
    assert send_due(clock=clock) is True
    assert send_due(clock=clock) is False
    assert len(mail.outbox) == 3
    assert BATCH == 50


def test_nothing_due_writes_nothing(clock):
    make_invitation()
    before = database_state()
    assert send_due(clock=clock) is False
    assert database_state() == before


def many_senders() -> None:
    for _ in range(30):
        make_asked_member()
    make_wave(make_survey())
    at_once(*[lambda: send_due(clock=lambda: NOON)] * 4)


@pytest.mark.django_db(transaction=True)
def test_senders_at_once_send_each_mail_once(monkeypatch, smtp):
    monkeypatch.setattr(sending, "BATCH", 20)
    many_senders()
    send_due(clock=lambda: NOON)
    sent = [message["To"] for message in smtp.messages]
    assert len(sent) == len(set(sent)) == 30


@pytest.mark.django_db(transaction=True)
def test_senders_that_only_look_send_mails_twice(monkeypatch, smtp):
    """Without the claim: each takes what it sees due."""
    monkeypatch.setattr(
        sending,
        "claim_invitations",
        lambda **given: [
            sending.Claim(pk, 0)
            for pk in Invitation.objects.due(given["at"]).values_list("pk", flat=True)
        ],
    )
    monkeypatch.setattr(sending, "_hand_over", lambda _claim, _at: True)
    Meeting(monkeypatch, clients=4).after(sending, "claim_invitations")
    many_senders()
    sent = [message["To"] for message in smtp.messages]
    assert len(sent) > len(set(sent)) == 30


def test_smtplib_still_has_the_errors_that_are_told_apart():
    """The order of the except clauses rests on this."""
    assert issubclass(smtplib.SMTPServerDisconnected, OSError)
    assert not issubclass(smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException)
