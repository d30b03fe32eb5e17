from members.models import Consent, Member
from members.services import close_member
from tests.api.bodies import MEMBER
from tests.factories import CLERK, NOON, make_member


def test_enrol_answers_with_the_member(till):
    answer = till.post("/members", MEMBER)

    assert answer.status_code == 201
    shown = answer.json()
    assert shown["full_name"] == "陳美"
    assert shown["identifiers"] == [{"system": "card", "value": "9001"}]
    member = Member.objects.get(number=shown["number"])
    assert (member.enrolled_via, str(member.phone)) == ("api", "+85251234567")
    assert Consent.objects.filter(member=member, purpose="survey").count() == 1


def test_enrol_the_same_mail_twice_is_refused_and_names_the_field(till):
    till.post("/members", MEMBER)
    answer = till.post("/members", {"email": MEMBER["email"].upper()})

    assert answer.status_code == 409
    assert answer.json()["code"] == "already_enrolled"
    assert answer.json()["field"] == "email"
    assert Member.objects.count() == 1


def test_enrol_nobody_in_particular_is_refused(till):
    answer = till.post("/members", {})

    assert (answer.status_code, answer.json()["code"]) == (422, "nothing_to_find_by")


def test_enrol_somebody_not_born_yet_is_refused(till):
    answer = till.post("/members", MEMBER | {"birth_on": "2026-06-16"})

    assert (answer.status_code, answer.json()["field"]) == (422, "birth_on")
    assert not Member.objects.exists()


def test_born_today_is_read_in_the_programmes_zone(till):
    # At noon in Greenwich it is still the 15th in Hong Kong, eight in the evening.
    answer = till.post("/members", MEMBER | {"birth_on": "2026-06-15"})

    assert answer.status_code == 201


def test_read_a_member_by_number(till):
    member = make_member(name="Ada")

    assert till.get(f"/members/{member.number}").json()["full_name"] == "Ada"
    assert till.get(f"/members/{member.number.lower()}").status_code == 200


def test_find_a_member_by_card_phone_and_mail(till):
    number = till.post("/members", MEMBER).json()["number"]

    for query in (
        {"card": "9001"},
        {"phone": "+852 5123 4567"},
        {"phone": "51234567"},
        {"email": "Mei.Chan@example.org"},
    ):
        assert till.get("/members/lookup", **query).json()["number"] == number


def test_a_closed_member_is_found_by_number_and_not_by_phone(till):
    member = make_member(phone="+85251234567")
    close_member(member=member, reason="asked", at=NOON, actor=CLERK)

    assert till.get(f"/members/{member.number}").json()["closed_at"] is not None
    assert till.get("/members/lookup", phone="+85251234567").status_code == 404


def test_unknown_members_are_404(till):
    for path in ("/members/MNOBODY", "/members/会员", "/members/%00"):
        answer = till.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_member")


def test_look_up_needs_exactly_one_reference(till):
    assert till.get("/members/lookup").status_code == 400
    assert till.get("/members/lookup", card="1", phone="2").status_code == 400
