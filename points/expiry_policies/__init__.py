"""Expiry policies: one small pure file per kind, stored as JSON by the kind's name."""

from dataclasses import asdict
from typing import Any

from points.expiry_policies.after import AfterATime
from points.expiry_policies.base import ExpiryPolicy, Params
from points.expiry_policies.fixed_date import OnAFixedDate
from points.expiry_policies.never import Never
from points.expiry_policies.year_end import AtTheEndOfTheYear

POLICY_KINDS: dict[str, type[Any]] = {
    kind.slug: kind for kind in (Never, AfterATime, OnAFixedDate, AtTheEndOfTheYear)
}


def read_policy(stored: Params) -> ExpiryPolicy:
    """Return the policy that was stored."""
    params = {name: value for name, value in stored.items() if name != "kind"}
    policy: ExpiryPolicy = POLICY_KINDS[stored["kind"]](**params)
    return policy


def stored_policy(policy: ExpiryPolicy) -> Params:
    """Return the policy as it is stored."""
    # Every kind is a dataclass, which a protocol cannot say.
    params: Params = asdict(policy)  # type: ignore[call-overload]
    return {"kind": policy.slug, **params}


def words_of(stored: Params) -> str:
    """Return a stored policy in words."""
    return read_policy(stored).sentence()
