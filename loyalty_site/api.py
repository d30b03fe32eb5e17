"""The HTTP API of the site: the routers of the apps under `/api/v1/`."""

from http import HTTPStatus
from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from loyalty_site.apiaccess import problems
from loyalty_site.apiaccess.bodies import StrictParser
from members.api_segments import router as members_router, segments
from points.api import adjustments, challenges, entries, merges, statements, tiers
from points.api.batches import router as batches
from points.api.confirmations import router as confirmations
from points.api.earning import accounts
from points.api.events import router as events
from points.api.holds import holds, member_holds
from points.api.households import router as households
from points.api.payments import member_payments, payments
from points.api.purchases import router as purchases
from points.api.redemptions import router as settled_redemptions
from points.api.refunds import router as refunds
from points.api.rewards import redemptions, rewards
from points.api.transfers import router as transfers
from points.api.voids import router as voids

DESCRIPTION = """\
Enrol members, post purchases, read balances, redeem rewards.

* **Key**: `Authorization: Bearer pk_…`, made under Developer, API keys. Each key has scopes.
* **Writes happen once**: every write needs an `Idempotency-Key`. The same key with the
  same body gives the first answer again, with `Idempotency-Replayed: true`, however
  much later. The same key with another body is refused (422). While the first call is
  still running a second one gets 409. A refusal is not kept: mend the request and send
  it again with the same key. After a 5xx or a lost connection, repeat with the same key.
* **Lists** come in pages of up to 100: send `next` back as `cursor`, until it is null.
* **Amounts** are decimals as text (`"128.50"`), **instants** carry their offset.
* **Errors** are RFC 9457 problems; decide by `code`, show `detail`.
"""


class PerennialAPI(NinjaAPI):
    """The API, whose description says that errors are problems."""

    def get_openapi_schema(self, **kwargs: Any) -> OpenAPISchema:  # noqa: ANN401 -- passed on
        """Return the description with the media type of problems."""
        schema = super().get_openapi_schema(**kwargs)
        for methods in schema["paths"].values():
            for operation in methods.values():
                for status, answer in operation.get("responses", {}).items():
                    content = answer.get("content", {})
                    if (
                        int(status) >= HTTPStatus.BAD_REQUEST
                        and "application/json" in content
                    ):
                        content[problems.MEDIA_TYPE] = content.pop("application/json")
        return schema


api = PerennialAPI(
    title="Perennial API",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api",
    parser=StrictParser(),
)
problems.register(api)
api.add_router("/members", members_router)
api.add_router("/members", accounts)
api.add_router("/members", redemptions)
api.add_router("/members", entries.router)
api.add_router("/members", statements.router)
api.add_router("/members", tiers.members)
api.add_router("/members", challenges.members)
api.add_router("/members", adjustments.members)
api.add_router("/members", merges.members)
api.add_router("/adjustments", adjustments.router)
api.add_router("/purchases", purchases)
api.add_router("/purchases", batches)
api.add_router("/purchases", confirmations)
api.add_router("/purchases", voids)
api.add_router("/redemptions", settled_redemptions)
api.add_router("/events", events)
api.add_router("/refunds", refunds)
api.add_router("/rewards", rewards)
api.add_router("/members", member_holds)
api.add_router("/holds", holds)
api.add_router("/households", households)
api.add_router("/members", member_payments)
api.add_router("/payments", payments)
api.add_router("/segments", segments)
api.add_router("/challenges", challenges.router)
api.add_router("/tiers", tiers.router)
api.add_router("/transfers", transfers)
