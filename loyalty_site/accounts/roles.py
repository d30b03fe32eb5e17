"""The roles of the staff: what each may do, as permission names of the apps."""

from dataclasses import dataclass

from django.apps import AppConfig, apps
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Role:
    """A role is a group of the same name as its slug."""

    slug: str
    label: str | Promise
    permissions: frozenset[str]


SERVE_AT_COUNTER = frozenset(
    {
        "members.view_member",
        "members.add_member",
        "members.view_member_contact",
        "points.add_purchase",
        "points.refund_purchase",
        "points.redeem_reward",
        "points.view_reward",
        "points.view_redemption",
    }
)
CARE_FOR_MEMBERS = frozenset(
    {
        "members.change_member",
        "members.close_member",
        "members.view_segment",
        "members.fill_segment",
        "points.view_entry",
        "points.view_purchase",
        "points.import_purchases",
        "points.view_adjustment",
        "points.adjust_points",
        "points.view_transfer",
        "points.transfer_points",
        "points.view_household",
        "points.manage_households",
        "points.view_merge",
        "points.merge_members",
        "points.view_tierassignment",
        "points.assign_tier",
        "points.change_redemption",
        "surveys.view_survey",
        "surveys.view_response",
        "surveys.view_case",
        "surveys.change_case",
        "jobs.view_job",
    }
)
READ_EVERYTHING = frozenset(
    {
        "members.view_member",
        "members.view_segment",
        "points.view_entry",
        "points.view_adjustment",
        "points.view_transfer",
        "points.view_household",
        "points.view_merge",
        "points.view_tierassignment",
        "points.view_purchase",
        "points.view_redemption",
        "points.view_reward",
        "points.view_earningrule",
        "surveys.view_survey",
        "surveys.view_response",
        "surveys.view_case",
        "reports.view_report",
        "jobs.view_job",
    }
)
EXPORT = frozenset({"members.export_member", "reports.export_report"})
RUN_THE_PROGRAMME = frozenset(
    {
        "points.draw_lottery",
        "members.change_segment",
        "members.fill_segment",
        "points.change_reward",
        "points.change_earningrule",
        "points.change_tier",
        "points.import_purchases",
        "points.reverse_import",
        "surveys.change_survey",
        "surveys.send_wave",
    }
)
ADMINISTER = frozenset(
    {
        "points.witness_draw",
        "points.redate_points",
        "points.change_programme",
        "points.approve_adjustment",
        "points.approve_merge",
        "reports.value_points",
        "points.approve_tierassignment",
        "points.approve_campaign",
        "points.approve_redemption",
        "apiaccess.change_apikey",
        "webhooks.change_endpoint",
    }
)

_ROLES = (
    Role("counter", _("Counter staff"), SERVE_AT_COUNTER),
    Role("agent", _("Service agent"), SERVE_AT_COUNTER | CARE_FOR_MEMBERS),
    Role(
        "marketer",
        _("Marketer"),
        READ_EVERYTHING | RUN_THE_PROGRAMME | EXPORT | {"members.view_member_contact"},
    ),
    Role(
        "manager",
        _("Manager"),
        READ_EVERYTHING
        | EXPORT
        | {
            "members.view_member_contact",
            "points.approve_adjustment",
            "points.approve_merge",
            "points.assign_tier",
            "points.approve_tierassignment",
            "points.approve_campaign",
            "points.approve_redemption",
            "points.draw_lottery",
            "points.witness_draw",
            "points.redate_points",
        },
    ),
    Role("auditor", _("Auditor"), READ_EVERYTHING),
    Role(
        "admin",
        _("Administrator"),
        SERVE_AT_COUNTER
        | CARE_FOR_MEMBERS
        | READ_EVERYTHING
        | EXPORT
        | RUN_THE_PROGRAMME
        | ADMINISTER,
    ),
)
ROLES: dict[str, Role] = {role.slug: role for role in _ROLES}


@transaction.atomic
def sync_roles(*, using: str = "default") -> None:
    """Make the group of each role hold exactly the permissions of `roles.py`.

    Permissions that are not there yet are left out until the next run, so an app
    that is added later gets its rights when it is migrated.
    """
    # Looked up late: this module is read before the models are.
    groups = apps.get_model("auth", "Group").objects.using(using)
    permissions = apps.get_model("auth", "Permission").objects.using(using)
    known = {
        f"{label}.{codename}": pk
        for pk, label, codename in permissions.values_list(
            "pk", "content_type__app_label", "codename"
        )
    }
    for role in ROLES.values():
        group, _created = groups.get_or_create(name=role.slug)
        wanted = {known[name] for name in role.permissions if name in known}
        held = set(group.permissions.values_list("pk", flat=True))
        if wanted != held:
            group.permissions.set(wanted)


def sync_roles_after_migrate(
    sender: AppConfig, *, using: str, **_kwargs: object
) -> None:
    """Run `sync_roles` once, after the last app has made its permissions."""
    with_models = [app for app in apps.get_app_configs() if app.models_module]
    if sender is with_models[-1]:
        sync_roles(using=using)
