import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, given, settings

from loyalty_site.apiaccess.models import ApiKey
from loyalty_site.wsgi import application
from members.api import NewMember
from points.api.reward_schemas import NewRedemption
from points.api.schemas import NewPurchaseIn, QuotedPurchaseIn
from tests.api.conftest import new_key
from tests.factories import make_member, make_reward, make_rule, set_programme

EXAMPLES, MANY_EXAMPLES = 4, 200
EXPECTED = {
    ("POST", "/api/v1/members"),
    ("GET", "/api/v1/challenges"),
    ("GET", "/api/v1/members/{number}/badges"),
    ("GET", "/api/v1/members/{number}/challenges"),
    ("GET", "/api/v1/members"),
    ("GET", "/api/v1/members/lookup"),
    ("GET", "/api/v1/members/{number}"),
    ("PATCH", "/api/v1/members/{number}"),
    ("POST", "/api/v1/members/{number}/close"),
    ("GET", "/api/v1/members/{number}/statement"),
    ("POST", "/api/v1/members/{number}/adjustments"),
    ("GET", "/api/v1/members/{number}/entries"),
    ("GET", "/api/v1/members/{number}/tier"),
    ("GET", "/api/v1/adjustments"),
    ("GET", "/api/v1/adjustments/{public_id}"),
    ("GET", "/api/v1/purchases"),
    ("GET", "/api/v1/purchases/{public_id}"),
    ("GET", "/api/v1/refunds"),
    ("GET", "/api/v1/refunds/{public_id}"),
    ("GET", "/api/v1/tiers"),
    ("GET", "/api/v1/tiers/drafts"),
    ("GET", "/api/v1/members/{number}/balance"),
    ("POST", "/api/v1/members/{number}/redemptions"),
    ("POST", "/api/v1/events"),
    ("POST", "/api/v1/purchases"),
    ("POST", "/api/v1/purchases/batch"),
    ("POST", "/api/v1/purchases/{public_id}/confirm"),
    ("POST", "/api/v1/purchases/{public_id}/void"),
    ("GET", "/api/v1/redemptions"),
    ("GET", "/api/v1/redemptions/lookup"),
    ("GET", "/api/v1/redemptions/{public_id}"),
    ("POST", "/api/v1/redemptions/use"),
    ("POST", "/api/v1/redemptions/{public_id}/fulfil"),
    ("POST", "/api/v1/redemptions/{public_id}/cancel"),
    ("POST", "/api/v1/redemptions/{public_id}/reverse"),
    ("POST", "/api/v1/purchases/quote"),
    ("POST", "/api/v1/refunds"),
    ("GET", "/api/v1/rewards"),
    ("POST", "/api/v1/members/{number}/payments"),
    ("POST", "/api/v1/members/{number}/payments/quote"),
    ("POST", "/api/v1/payments/{payment_id}/reverse"),
    ("POST", "/api/v1/members/{number}/holds"),
    ("GET", "/api/v1/holds/{hold_id}"),
    ("POST", "/api/v1/holds/{hold_id}/confirm"),
    ("POST", "/api/v1/holds/{hold_id}/release"),
    ("GET", "/api/v1/rewards/{reward_id}"),
    ("POST", "/api/v1/transfers"),
    ("GET", "/api/v1/households"),
    ("POST", "/api/v1/households"),
    ("GET", "/api/v1/households/{household_id}"),
    ("POST", "/api/v1/households/{household_id}/members"),
    ("POST", "/api/v1/households/{household_id}/leave"),
    ("POST", "/api/v1/members/{number}/merge"),
    ("GET", "/api/v1/segments"),
    ("GET", "/api/v1/members/{number}/segments"),
    ("PUT", "/api/v1/members/{number}/segments/{slug}"),
    ("DELETE", "/api/v1/members/{number}/segments/{slug}"),
}


@pytest.fixture
def description(db):
    return Client().get("/api/v1/openapi.json").json()


def operations(description):
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def test_the_description_names_every_call(description):
    found = {(method, path) for method, path, _ in operations(description)}

    assert found == EXPECTED


def test_every_call_names_its_key_and_its_problems(description):
    for _method, path, operation in operations(description):
        assert operation["security"] == [{"BearerKey": []}], path
        for status, answer in operation["responses"].items():
            (media_type,) = answer["content"]
            is_problem = int(status) >= 400
            assert (media_type == "application/problem+json") == is_problem, path


def test_every_write_names_the_idempotency_key_and_an_example(description):
    for method, path, operation in operations(description):
        if method == "GET" or path.endswith("/quote"):
            continue
        names = {each["name"] for each in operation["parameters"] if each["required"]}
        assert "Idempotency-Key" in names, path
        if method in {"PUT", "DELETE"}:
            assert "requestBody" not in operation, path
            continue
        body = operation["requestBody"]["content"]["application/json"]["schema"]
        name = body["$ref"].rsplit("/", 1)[-1]
        assert description["components"]["schemas"][name]["examples"], path


@pytest.mark.parametrize(
    "schema", [NewMember, NewPurchaseIn, NewRedemption, QuotedPurchaseIn]
)
def test_the_examples_fit_their_schemas(schema):
    for example in schema.model_config["json_schema_extra"]["examples"]:
        schema.model_validate(example)


def test_the_pages_of_the_reference_load_nothing_from_elsewhere(db):
    page = Client().get("/api/v1/docs")

    assert page.status_code == 200
    assert b"//cdn" not in page.content
    assert b"<script>" not in page.content
    assert "script-src 'self'" in page["Content-Security-Policy"]
    assert Client().get("/api/docs")["Location"] == "/api/v1/docs"


@pytest.fixture
def generated(transactional_db):
    set_programme(currency="HKD")
    make_rule()
    make_reward()
    make_member()
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


def break_nothing(generated, *, examples):
    """Send generated requests to every operation; return how many were sent."""
    raw = new_key(*ApiKey.Scope.values)
    calls = 0
    for result in generated.get_all_operations():

        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        def check(case):
            nonlocal calls
            calls += 1
            answer = case.call(headers={"Authorization": f"Bearer {raw}"})
            assert answer.status_code < 500, case.as_curl_command()
            if answer.status_code >= 400:
                assert answer.headers["content-type"] == ["application/problem+json"]

        for mode in (
            schemathesis.GenerationMode.POSITIVE,
            schemathesis.GenerationMode.NEGATIVE,
        ):
            given(case=result.ok().as_strategy(generation_mode=mode))(check)()
    return calls


def test_no_generated_request_breaks_the_server(generated):
    calls = break_nothing(generated, examples=EXAMPLES)
    assert calls > len(EXPECTED) * EXAMPLES


@pytest.mark.long
def test_no_generated_request_breaks_the_server_for_long(generated):
    assert break_nothing(generated, examples=MANY_EXAMPLES) > MANY_EXAMPLES
