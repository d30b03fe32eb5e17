"""Public identifiers."""

from loyalty_site.lib.ids import check_character, new_member_number, new_public_id


def test_public_ids_are_uuids_of_version_7_and_never_the_same():
    ids = {new_public_id() for _ in range(10_000)}
    assert len(ids) == 10_000
    assert {each.version for each in ids} == {7}
    assert {each.variant for each in ids} == {"specified in RFC 4122"}


def test_a_mistyped_member_number_is_caught():
    for _ in range(200):
        body, check = (number := new_member_number())[1:-1], number[-1]
        assert check_character(body) == check
        wrong = ("3" if body[0] != "3" else "4") + body[1:]
        assert check_character(wrong) != check
