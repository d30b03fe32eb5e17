"""The ledger against a plain model: whatever happens in whatever order."""

import os

import pytest
from hypothesis import HealthCheck, settings as how
from hypothesis.stateful import run_state_machine_as_test

from points.models import PaymentTerms
from tests.factories import make_rule, make_tiers, set_programme
from tests.points.machine.dating import Dating
from tests.points.machine.merging import Merging
from tests.points.machine.paying import Paying
from tests.points.machine.spending import Spending
from tests.points.machine.world import THRESHOLDS

IS_LONG = os.environ.get("HYPOTHESIS_PROFILE") == "prove"
EXAMPLES = int(os.environ.get("LEDGER_EXAMPLES", "200" if IS_LONG else "30"))
STEPS = int(os.environ.get("LEDGER_STEPS", "50" if IS_LONG else "40"))


class Ledger(Paying, Spending, Merging, Dating):
    """Every verb of the ledger beside its plain twin."""


@pytest.mark.django_db
@pytest.mark.proof
def test_the_ledger_is_its_plain_model():
    set_programme(expiry_months=3, time_zone="Europe/London")
    PaymentTerms.objects.create(is_active=True, step_points=10, step_minor=10)
    make_rule()
    make_tiers(**THRESHOLDS)
    run_state_machine_as_test(
        Ledger,
        settings=how(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
