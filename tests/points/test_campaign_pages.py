"""Campaigns on their pages: their way from a draft to the end, and who may do what."""

import pytest
from django.urls import reverse

from points.models import Campaign, EarningRule
from tests.factories import make_tiers, set_programme
from tests.points.test_campaigns import make_campaign, states

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"points:{name}", args=args)


def sent(**changed):
    return {
        "name": "Autumn",
        "name_zh_hant": "秋季",
        "starts_at": "2026-06-01T00:00",
        "ends_at": "2099-07-01T00:00",
        "holdout_percent": "10",
        "overflow": "trim",
    } | changed


def test_a_campaign_goes_its_way_through_the_pages(marketer, manager):
    set_programme(campaign_alone_points=0)
    marketer.post(url("campaign-add"), sent())
    campaign = Campaign.objects.get()
    kinds = marketer.get(url("rule-add"), {"campaign": campaign.public_id})
    assert f"?campaign={campaign.public_id}" in kinds.content.decode()
    form = {"name": "Bonus", "points": "5", "weekdays": list("0123456")}
    address = f"{url('rule-add-kind', 'fixed')}?campaign={campaign.public_id}"
    assert "works only with it" in marketer.get(address).content.decode()
    marketer.post(address, form)
    assert EarningRule.objects.get().campaign == campaign
    marketer.post(url("campaign-move", campaign.public_id, "submit"))
    page = manager.get(campaign.get_absolute_url()).content.decode()
    assert "Approve the campaign" in page
    assert "Campaigns to approve" in manager.get("/").content.decode()
    assert marketer.post(url("campaign-approve", campaign.public_id)).status_code == 403
    manager.post(url("campaign-approve", campaign.public_id))
    listed = marketer.get(url("campaign-list"), headers={"Accept-Language": "zh-hant"})
    assert "秋季" in listed.content.decode()
    end = url("campaign-end", campaign.public_id)
    assert marketer.get(end).status_code == 200
    assert states()[0]["state"] == "running"
    marketer.post(end)
    assert states()[0]["state"] == "ended"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"ends_at": ""}, "ends_at"),
        ({"ends_at": "2026-06-01T00:00"}, "ends_at"),
        ({"holdout_percent": "91"}, "holdout_percent"),
        ({"holdout_percent": "-1"}, "holdout_percent"),
        ({"tiers": ["platinum"]}, "tiers"),
        ({"budget_points": "0"}, "budget_points"),
        ({"budget_minor": "0"}, "budget_minor"),
        ({"budget_minor": "x"}, "budget_minor"),
        ({"overflow": "loan"}, "overflow"),
    ],
)
def test_a_wrong_campaign_is_answered_and_not_kept(marketer, changed, field):
    make_tiers(gold=100)
    answer = marketer.post(url("campaign-add"), sent(**changed))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Campaign.objects.exists()


def test_who_sees_and_who_changes_campaigns(marketer, auditor, clerk):
    campaign = make_campaign()
    reading = [url("campaign-list"), campaign.get_absolute_url()]
    changing = [url("campaign-add")] + [
        url(f"campaign-{verb}", campaign.public_id) for verb in ("edit", "end")
    ]
    changing += [
        url("campaign-move", campaign.public_id, step) for step in ("submit", "pause")
    ]
    before = states()
    for address in reading:
        assert auditor.get(address).status_code == 200
        assert clerk.get(address).status_code == 403
    for address in [*changing, url("campaign-approve", campaign.public_id)]:
        for person in (auditor, clerk):
            assert person.post(address).status_code == 403
    refuse = url("campaign-refuse", campaign.public_id)
    assert auditor.post(refuse, {"note": "x"}).status_code == 404
    assert marketer.get(changing[-1]).status_code == 405
    assert marketer.post(changing[-1][:-6] + "vanish/").status_code == 404
    assert states() == before
