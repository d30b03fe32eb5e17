"""Everybody on one member at once; afterwards the books and the clients' logs agree."""

import threading
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import OperationalError, connections
from django.utils import timezone

from loyalty_site.apiaccess.models import ApiKey
from points.models import Purchase, Redemption, Refund, Reward, RewardStock
from points.services.expiry import expire_points
from points.services.redemptions import reverse_redemption
from tests.api.bodies import purchase
from tests.api.conftest import Till, new_key
from tests.factories import CLERK, make_member, make_reward, make_rule, set_programme
from tests.points.books import differences

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.proof]
# 503 is the answer when the member stayed locked by others for too long.
STATUSES = {200, 201, 404, 409, 422, 503}
TABLES = {"purchases": Purchase, "refunds": Refund, "redemptions": Redemption}


def now() -> datetime:
    return timezone.now()  # noqa: TID251 -- the clock runs in a storm


class Storm:
    """Clients that keep a log of what was acknowledged."""

    def __init__(self, seconds: float) -> None:
        set_programme(
            currency="HKD",
            time_zone="Asia/Hong_Kong",
            expiry_months=1,
            backdating_days=40,
            refund_policy="allow_debt",
            debt_limit=500,
        )
        make_rule()
        self.raw = new_key(*ApiKey.Scope.values)
        self.member = make_member(balance=200, at=now())
        self.reward = make_reward(cost=7, pieces=10_000)
        self.until = time.monotonic() + seconds
        self.acknowledged: dict[str, list[str]] = defaultdict(list)
        self.statuses = Counter[int]()
        self.turned_away = 0

    def till(self) -> Till:
        return Till(self.raw)

    def post(self, kind: str, path: str, body: dict[str, object]) -> None:
        answer = self.till().post(path, body)
        self.statuses[answer.status_code] += 1
        if answer.status_code in {200, 201}:
            self.acknowledged[kind].append(answer.json()["id"])

    def earn(self, n: int) -> None:
        # Every third one expires a moment after it was earned.
        age = (
            timedelta(days=31, milliseconds=-300) if n % 3 == 0 else timedelta(hours=1)
        )
        body = purchase(
            self.member,
            source_id=f"storm-{threading.get_ident()}-{n}",
            amount=str(n % 40 + 1),
            occurred_at=(now() - age).isoformat(),
        )
        self.post("purchases", "/purchases", body)

    def refund(self, n: int) -> None:
        bought = self.acknowledged["purchases"]
        if not bought:
            return
        body = {
            "purchase": {"id": bought[n * 7 % len(bought)]},
            "source": "till-7",
            "source_id": f"storm-{threading.get_ident()}-{n}",
            "currency": "HKD",
            "occurred_at": now().isoformat(),
            "amount": str(n % 20 + 1),
        }
        self.post("refunds", "/refunds", body)

    def redeem(self, _n: int) -> None:
        path = f"/members/{self.member.number}/redemptions"
        self.post("redemptions", path, {"reward": str(self.reward.public_id)})

    def reverse(self, _n: int) -> None:
        redemption = Redemption.objects.filter(state="confirmed").first()
        if redemption is not None:
            reverse_redemption(
                redemption=redemption, reason="storm", at=now(), actor=CLERK
            )

    def sweep(self, _n: int) -> None:
        expire_points(at=now())
        time.sleep(0.05)

    def run(self, act) -> None:
        try:
            n = 0
            while time.monotonic() < self.until:
                n += 1
                try:
                    act(n)
                except OperationalError:
                    # As for a worker: locked for too long, and tried again later.
                    self.turned_away += 1
        finally:
            connections.close_all()


@pytest.mark.parametrize("seconds", [3, pytest.param(60, marks=pytest.mark.long)])
def test_a_storm_on_one_member_leaves_true_books(seconds):
    rage(Storm(seconds))


def rage(storm: Storm) -> None:
    """Let everybody loose, then compare what was acknowledged with the books."""
    acts = [storm.earn, storm.refund, storm.redeem, storm.redeem]
    acts += [storm.reverse, storm.sweep]
    with ThreadPoolExecutor(len(acts)) as pool:
        list(pool.map(storm.run, acts))

    assert set(storm.statuses) <= STATUSES
    for kind, ids in storm.acknowledged.items():
        found = TABLES[kind].objects.filter(public_id__in=ids).count()
        assert found == len(set(ids)) > 0, kind
    assert differences(now()) == []


def test_ten_pieces_go_to_ten_of_sixty_four():
    raw = new_key(*ApiKey.Scope.values)
    reward = make_reward(cost=10, pieces=10)
    members = [make_member(balance=10, at=now()) for _ in range(64)]
    gate = threading.Barrier(64)

    def redeem(member):
        try:
            gate.wait()
            path = f"/members/{member.number}/redemptions"
            return Till(raw).post(path, {"reward": str(reward.public_id)}).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(64) as pool:
        statuses = list(pool.map(redeem, members))

    assert sorted(statuses) == [201] * 10 + [409] * 54
    assert Redemption.objects.count() == 10
    assert RewardStock.objects.get(reward=Reward.objects.get()).pieces == 0
    assert differences(now()) == []
