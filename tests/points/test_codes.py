"""Pools of codes: filled once, each given once, looked up by staff."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from points.errors.rewards import NotAPool, OutOfStock, TooManyCodes
from points.models import Redemption, Reward, RewardCode, RewardStock
from points.models.codes import plain_code
from points.selectors.reward_terms import terms_for
from points.services import codes, reward_terms
from points.services.codes import add_codes, generate_codes
from points.services.confirming import confirm_hold
from points.services.holds import HoldWish, place_hold
from points.services.redemptions import fulfil_redemption, reverse_redemption
from tests.factories import CLERK, NOON, make_member, make_reward, redeem
from tests.points.books import differences, everything
from tests.races import at_once


def make_pool(*given, cost=30):
    reward = make_reward(cost=cost)
    reward.kind = Reward.Kind.CODE
    reward.save()
    add(reward, *given)
    return reward


def add(reward, *given):
    return add_codes(reward=reward, codes=given, at=NOON, actor=CLERK)


def pieces():
    return RewardStock.objects.get().pieces


@pytest.mark.django_db
class TestPool:
    def test_codes_are_added_once_and_the_others_are_named(self):
        voucher = redeem(make_member(balance=30), make_reward())
        reward = make_pool("SPRING-0001")

        found = add(
            reward, "spring 0001", "NEW-1", "new1", voucher.code, "x", "汉字字字"
        )

        assert found.added == 1
        assert found.known == ("spring 0001", voucher.code)
        assert (found.repeated, found.unreadable) == (("new1",), ("x", "汉字字字"))
        assert (pieces(), RewardCode.objects.count(), differences()) == (2, 2, [])

    def test_a_pool_without_codes_is_sold_out(self):
        reward = make_pool()
        member = make_member(balance=30)
        before = everything()

        with pytest.raises(OutOfStock):
            redeem(member, reward)

        assert everything() == before

    def test_each_redemption_gets_the_next_code(self):
        reward = make_pool("CODE-1", "CODE-2")
        member = make_member(balance=90)
        got = [redeem(member, reward).code for _ in range(2)]

        assert got == ["CODE-1", "CODE-2"]
        assert (pieces(), differences()) == (0, [])
        with pytest.raises(OutOfStock):
            redeem(member, reward)

    def test_a_code_that_was_seen_does_not_go_back_to_its_pool(self):
        reward = make_pool("CODE-1")
        made = redeem(make_member(balance=30), reward)
        reverse_redemption(redemption=made, reason="x", at=NOON, actor=CLERK)

        assert (pieces(), differences()) == (0, [])
        assert add(reward, "code 1").known == ("code 1",)

    def test_a_hold_keeps_a_code_for_the_member(self):
        reward = make_pool("CODE-1")
        member = make_member(balance=30)
        wish = HoldWish(timedelta(minutes=15), reward=reward)
        hold = place_hold(member=member, wish=wish, key="k", at=NOON, actor=CLERK)
        with pytest.raises(OutOfStock):
            redeem(make_member(balance=30), reward)
        assert differences() == []

        confirm_hold(hold=hold, at=NOON, actor=CLERK)

        assert Redemption.objects.get().code == "CODE-1"
        assert differences() == []

    def test_generated_codes_are_different_and_cannot_be_misread(self):
        reward = make_pool()
        made = generate_codes(
            reward=reward, count=200, prefix="TEA", length=6, at=NOON, actor=CLERK
        )
        kept = list(RewardCode.objects.values_list("plain", flat=True))

        assert (made.added, len(set(kept)), pieces()) == (200, 200, 200)
        assert all(code.startswith("TEA") and len(code) == 9 for code in kept)
        assert not set("".join(code[3:] for code in kept)) & set("01OILAEU")

    def test_only_pools_take_codes_and_not_too_many(self):
        with pytest.raises(NotAPool):
            add(make_reward(), "CODE-1")
        pool = make_pool()
        with pytest.raises(TooManyCodes):
            add(pool, *["x"] * (codes.MOST_CODES + 1))
        assert not RewardCode.objects.exists()


@pytest.mark.parametrize("text", ["tea-001", "TEA 001", " Tea001 "])
def test_codes_are_the_same_however_they_are_typed(text):
    assert plain_code(text) == "TEA001"


def everybody_wants_a_code(clients: int, pool: int) -> tuple[Counter[str], int]:
    reward = make_pool(*(f"CODE-{n:04}" for n in range(pool)))
    members = [make_member(balance=30) for _ in range(clients)]
    ends = at_once(*[lambda m=m: redeem(m, reward) for m in members])
    return ends, Redemption.objects.values("code").distinct().count()


@pytest.mark.django_db(transaction=True)
def test_64_members_get_64_codes():
    ends, given = everybody_wants_a_code(64, 64)

    assert (ends, given, pieces()) == ({"done": 64}, 64, 0)
    assert differences() == []


@pytest.mark.django_db(transaction=True)
def test_without_its_locks_a_code_is_given_twice(monkeypatch):
    # Whoever has looked waits until the others have.
    statement = codes.TAKE_CODE.replace("FOR UPDATE SKIP LOCKED", "")
    slow = statement.replace("FROM next WHERE", "FROM next, pg_sleep(0.2) WHERE")
    assert len({slow, statement, codes.TAKE_CODE}) == 3
    monkeypatch.setattr(codes, "TAKE_CODE", slow)
    everybody_looked = threading.Barrier(8)

    def look_only(reward, tier_id):
        everybody_looked.wait(10)
        return terms_for(tier_id=tier_id, reward_ids=[reward.pk])[reward.pk]

    monkeypatch.setattr(reward_terms, "take_piece", look_only)

    ends, _given = everybody_wants_a_code(8, 8)

    assert ends["IntegrityError"] > 0


# Pages ----------------------------------------------------------------------


def url(name, reward):
    return reverse(f"points:codes-{name}", args=[reward.public_id])


@pytest.mark.django_db
def test_codes_come_from_text_and_file(marketer):
    reward = make_pool()
    file = SimpleUploadedFile("codes.csv", b"CODE-1,first\nCODE-2,second\n")

    answer = marketer.post(url("import", reward), {"text": "CODE-3", "file": file})

    assert answer.url == reward.get_absolute_url()
    assert pieces() == 3
    shown = marketer.get(answer.url).content.decode()
    assert "3 codes are added." in shown
    marketer.post(url("generate", reward), {"count": "5", "length": "8"})
    assert pieces() == 8


@pytest.mark.django_db
def test_a_wrong_file_or_nothing_is_answered(marketer):
    reward = make_pool()
    for sent, field in (
        ({"text": " "}, "text"),
        ({"file": SimpleUploadedFile("a.csv", b"\xff\xfe\x00")}, "file"),
    ):
        answer = marketer.post(url("import", reward), sent)
        assert answer.status_code == 422
        assert field in answer.context["form"].errors
    assert marketer.get(url("import", make_reward())).status_code == 404


@pytest.mark.django_db
def test_lesser_roles_add_no_codes(agent):
    assert agent.post(url("import", make_pool()), {"text": "CODE-1"}).status_code == 403
    assert not RewardCode.objects.exists()


@pytest.mark.django_db
def test_staff_look_a_code_up_and_use_it_once(clerk):
    reward = make_pool("CODE-1", "CODE-2")
    made = redeem(make_member(balance=30), reward)
    look_up = reverse("points:redemption-list")

    assert clerk.get(look_up, {"code": "code1"}).url == made.get_absolute_url()
    assert clerk.get(reverse("points:counter"), {"q": "code 1"}).url == (
        made.get_absolute_url()
    )
    waiting = clerk.get(look_up, {"code": "CODE-2"}).content.decode()
    assert "was not given to anybody" in waiting
    assert "unknown" in clerk.get(look_up, {"code": "CODE-9"}).content.decode()
    fulfil_redemption(redemption=made, at=NOON, actor=CLERK)
    used = clerk.get(made.get_absolute_url()).content.decode()
    assert "cannot be used again" in used
