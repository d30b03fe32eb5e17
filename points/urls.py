"""Addresses of the points pages and of the members' portal."""

from django.urls import include, path

from points.views import (
    adjustments,
    approvals,
    badges,
    campaigns,
    challenges,
    codes,
    counter,
    desk,
    expiry,
    households,
    impact,
    joining,
    ledger,
    limits,
    lotteries,
    merges,
    paying,
    pictures,
    portal,
    portal_challenges,
    portal_sign_in,
    programme_file,
    purchases,
    redatings,
    redemptions,
    referrals,
    refunds,
    reminders,
    rewards,
    rule_drafts,
    rules,
    settings,
    statements,
    tier_assignments,
    tiers,
    transfers,
)

app_name = "points"

counter_urls = [
    path("", counter.counter, name="counter"),
    path("<slug:number>/", counter.counter_member, name="counter-member"),
    path("<slug:number>/quote/", counter.counter_quote, name="counter-quote"),
    path(
        "<slug:number>/redeem/<uuid:reward_id>/",
        counter.counter_redeem,
        name="counter-redeem",
    ),
    path(
        "<slug:number>/undo/<uuid:public_id>/",
        counter.counter_undo,
        name="counter-undo",
    ),
]
reward_urls = [
    path("", rewards.reward_list, name="reward-list"),
    path("add/", rewards.reward_add, name="reward-add"),
    path("<uuid:public_id>/", rewards.reward_detail, name="reward-detail"),
    path("<uuid:public_id>/edit/", rewards.reward_edit, name="reward-edit"),
    path("<uuid:reward_id>/draw/", lotteries.lottery_add, name="lottery-add"),
    path("pictures/<slug:digest>/", pictures.picture, name="picture"),
    path("<uuid:public_id>/picture/", pictures.picture_edit, name="picture-edit"),
    path("<uuid:public_id>/codes/", codes.codes_import, name="codes-import"),
    path("<uuid:public_id>/codes/new/", codes.codes_generate, name="codes-generate"),
]
redemption_urls = [
    path("", redemptions.redemption_list, name="redemption-list"),
    path("desk/", desk.desk, name="desk"),
    path("approvals/", desk.approval_list, name="approval-list"),
    path("approvals/<uuid:public_id>/", approvals.approval, name="approval"),
    path(
        "approvals/<uuid:public_id>/approve/",
        approvals.approval_give,
        name="approval-give",
    ),
    path("<uuid:public_id>/print/", desk.redemption_print, name="redemption-print"),
    path("<uuid:public_id>/code.svg", desk.redemption_qr, name="redemption-qr"),
    path("<uuid:public_id>/", redemptions.redemption_detail, name="redemption-detail"),
    path(
        "<uuid:public_id>/fulfil/",
        redemptions.redemption_fulfil,
        name="redemption-fulfil",
    ),
    path(
        "<uuid:public_id>/reverse/",
        redemptions.redemption_reverse,
        name="redemption-reverse",
    ),
]
adjustment_urls = [
    path("", adjustments.adjustment_list, name="adjustment-list"),
    path("add/", adjustments.adjustment_add, name="adjustment-add"),
    path("<uuid:public_id>/", adjustments.adjustment_detail, name="adjustment-detail"),
    path(
        "<uuid:public_id>/approve/",
        adjustments.adjustment_approve,
        name="adjustment-approve",
    ),
    path(
        "<uuid:public_id>/refuse/",
        adjustments.adjustment_refuse,
        name="adjustment-refuse",
    ),
]
merge_urls = [
    path("", merges.merge_list, name="merge-list"),
    path("add/", merges.merge_add, name="merge-add"),
    path("<uuid:public_id>/", merges.merge_detail, name="merge-detail"),
    path("<uuid:public_id>/approve/", merges.merge_approve, name="merge-approve"),
    path("<uuid:public_id>/refuse/", merges.merge_refuse, name="merge-refuse"),
    path("<uuid:public_id>/undo/", merges.merge_undo, name="merge-undo"),
]
household_urls = [
    path("", households.household_list, name="household-list"),
    path("add/", households.household_add, name="household-add"),
    path("<uuid:public_id>/", households.household_detail, name="household-detail"),
    path("<uuid:public_id>/add/", households.household_join, name="household-join"),
    path(
        "<uuid:public_id>/leave/<slug:number>/",
        households.household_leave,
        name="household-leave",
    ),
]
transfer_urls = [
    path("", transfers.transfer_list, name="transfer-list"),
    path("add/", transfers.transfer_add, name="transfer-add"),
    path("<uuid:public_id>/", transfers.transfer_detail, name="transfer-detail"),
]
rule_urls = [
    path("", rules.rule_list, name="rule-list"),
    path("add/", rules.rule_kinds, name="rule-add"),
    path("try/", rules.rule_trial, name="rule-trial"),
    path("add/<slug:kind>/", rules.rule_add, name="rule-add-kind"),
    path("<int:pk>/", rules.rule_detail, name="rule-detail"),
    path("<int:pk>/edit/", rules.rule_edit, name="rule-edit"),
    path("<int:pk>/switch/", rules.rule_switch, name="rule-switch"),
    path("<int:pk>/history/", rules.rule_history, name="rule-history"),
    path(
        "<int:pk>/versions/<int:number>/restore/",
        rule_drafts.version_restore,
        name="version-restore",
    ),
    path("impact/", impact.impact_new, name="impact-new"),
    path("impact/<uuid:public_id>/", impact.impact_detail, name="impact-detail"),
    path("drafts/<uuid:public_id>/", rule_drafts.draft_detail, name="draft-detail"),
    path("drafts/<uuid:public_id>/edit/", rule_drafts.draft_edit, name="draft-edit"),
    path(
        "drafts/<uuid:public_id>/publish/",
        rule_drafts.draft_publish,
        name="draft-publish",
    ),
    path(
        "drafts/<uuid:public_id>/discard/",
        rule_drafts.draft_discard,
        name="draft-discard",
    ),
]
campaign_urls = [
    path("", campaigns.campaign_list, name="campaign-list"),
    path("add/", campaigns.campaign_add, name="campaign-add"),
    path("<uuid:public_id>/", campaigns.campaign_detail, name="campaign-detail"),
    path("<uuid:public_id>/edit/", campaigns.campaign_edit, name="campaign-edit"),
    path("<uuid:public_id>/end/", campaigns.campaign_end, name="campaign-end"),
    path(
        "<uuid:public_id>/approve/", campaigns.campaign_approve, name="campaign-approve"
    ),
    path("<uuid:public_id>/refuse/", campaigns.campaign_refuse, name="campaign-refuse"),
    path(
        "<uuid:public_id>/<slug:step>/", campaigns.campaign_move, name="campaign-move"
    ),
]
challenge_urls = [
    path("", challenges.challenge_list, name="challenge-list"),
    path("add/", challenges.challenge_add, name="challenge-add"),
    path("badges/", badges.badge_list, name="badge-list"),
    path("badges/add/", badges.badge_add, name="badge-add"),
    path("badges/<uuid:public_id>/", badges.badge_edit, name="badge-edit"),
    path(
        "badges/<uuid:public_id>/picture/", badges.badge_picture, name="badge-picture"
    ),
    path("<uuid:public_id>/", challenges.challenge_detail, name="challenge-detail"),
    path("<uuid:public_id>/edit/", challenges.challenge_edit, name="challenge-edit"),
    path("<uuid:public_id>/end/", challenges.challenge_end, name="challenge-end"),
    path(
        "<uuid:public_id>/<slug:step>/",
        challenges.challenge_move,
        name="challenge-move",
    ),
]
tier_urls = [
    path("", tiers.tier_list, name="tier-list"),
    path("add/", tiers.tier_add, name="tier-add"),
    path("terms/", tiers.tier_terms, name="tier-terms"),
    path("draft/<uuid:public_id>/", tiers.tier_draft, name="tier-draft"),
    path("by-hand/", tier_assignments.assignment_list, name="tier-assignment-list"),
    path("by-hand/add/", tier_assignments.assignment_add, name="tier-assignment-add"),
    path(
        "by-hand/<uuid:public_id>/",
        tier_assignments.assignment_detail,
        name="tier-assignment",
    ),
    path(
        "by-hand/<uuid:public_id>/approve/",
        tier_assignments.assignment_approve,
        name="tier-assignment-approve",
    ),
    path(
        "by-hand/<uuid:public_id>/refuse/",
        tier_assignments.assignment_refuse,
        name="tier-assignment-refuse",
    ),
    path(
        "by-hand/<uuid:public_id>/end/",
        tier_assignments.assignment_end,
        name="tier-assignment-end",
    ),
    path("<slug:slug>/edit/", tiers.tier_edit, name="tier-edit"),
]
portal_urls = [
    path("", portal.home, name="portal-home"),
    path("login/", portal_sign_in.sign_in, name="portal-login"),
    path("login/code/", portal_sign_in.enter_code, name="portal-code"),
    path("logout/", portal_sign_in.sign_out, name="portal-logout"),
    path("card.svg", portal.card, name="portal-card"),
    path("history/", portal.history, name="portal-history"),
    path("statement/", statements.own_statement, name="portal-statement"),
    path("rewards/", portal.rewards, name="portal-rewards"),
    path("rewards/<uuid:public_id>/", portal.reward, name="portal-reward"),
    path("vouchers/", portal.vouchers, name="portal-vouchers"),
    path("vouchers/<uuid:public_id>/", portal.voucher, name="portal-voucher"),
    path("vouchers/<uuid:public_id>/code.svg", portal.voucher_code, name="portal-qr"),
    path("challenges/", portal_challenges.challenges, name="portal-challenges"),
    path("friends/", referrals.portal_friends, name="portal-friends"),
    path("friends/link.svg", referrals.portal_link, name="portal-link"),
    path("profile/", portal.profile, name="portal-profile"),
    path("consent/", portal.consent, name="portal-consent"),
]

lottery_urls = [
    path("", lotteries.lottery_list, name="lottery-list"),
    path("<uuid:public_id>/", lotteries.lottery_detail, name="lottery-detail"),
    path("<uuid:public_id>/freeze/", lotteries.lottery_freeze, name="lottery-freeze"),
    path(
        "<uuid:public_id>/witness/", lotteries.lottery_witness, name="lottery-witness"
    ),
    path("<uuid:public_id>/refuse/", lotteries.lottery_refuse, name="lottery-refuse"),
]

redating_urls = [
    path("", redatings.redating_list, name="redating-list"),
    path("<uuid:public_id>/", redatings.redating_detail, name="redating-detail"),
    path(
        "<uuid:public_id>/confirm/",
        redatings.redating_confirm,
        name="redating-confirm",
    ),
    path(
        "<uuid:public_id>/reverse/",
        redatings.redating_reverse,
        name="redating-reverse",
    ),
]

urlpatterns = [
    path("join/<str:code>/", joining.join_form, name="join-form"),
    path("join/<str:code>/code/", joining.join_code, name="join-code"),
    path("points/re-dating/", include(redating_urls)),
    path("counter/", include(counter_urls)),
    path("points/ledger/", ledger.entry_list, name="entry-list"),
    path("points/ledger/<int:pk>/", ledger.entry_detail, name="entry-detail"),
    path(
        "points/statements/<slug:number>/",
        statements.member_statement,
        name="member-statement",
    ),
    path("points/adjustments/", include(adjustment_urls)),
    path("points/merges/", include(merge_urls)),
    path("points/households/", include(household_urls)),
    path("points/transfers/", include(transfer_urls)),
    path("transactions/", purchases.purchase_list, name="purchase-list"),
    path(
        "transactions/<uuid:public_id>/",
        purchases.purchase_detail,
        name="purchase-detail",
    ),
    path(
        "transactions/<uuid:public_id>/refund/",
        refunds.purchase_refund,
        name="purchase-refund",
    ),
    path(
        "transactions/<uuid:public_id>/confirm/",
        purchases.purchase_confirm,
        name="purchase-confirm",
    ),
    path("rewards/", include(reward_urls)),
    path("redemptions/", include(redemption_urls)),
    path("draws/", include(lottery_urls)),
    path("draw/<uuid:public_id>/", lotteries.public_draw, name="public-draw"),
    path(
        "draw/<uuid:public_id>/tickets.csv",
        lotteries.public_tickets,
        name="public-tickets",
    ),
    path("campaigns/", include(campaign_urls)),
    path("challenges/", include(challenge_urls)),
    path("rules/", include(rule_urls)),
    path("tiers/", include(tier_urls)),
    path("settings/programme/", settings.programme_edit, name="programme-edit"),
    path("settings/expiry/", expiry.expiry_edit, name="expiry-edit"),
    path("settings/expiry/reminders/", expiry.reminders_edit, name="reminders-edit"),
    path("settings/expiry/sliding/", expiry.sliding_edit, name="sliding-edit"),
    path(
        "settings/expiry/tiers/<slug:slug>/",
        expiry.tier_expiry_edit,
        name="tier-expiry-edit",
    ),
    path(
        "settings/programme/file/", programme_file.programme_file, name="programme-file"
    ),
    path(
        "settings/programme/file/export/",
        programme_file.programme_export,
        name="programme-export",
    ),
    path("settings/limits/", limits.limit_edit, name="limit-edit"),
    path("settings/paying/", paying.paying_edit, name="paying-edit"),
    path(
        "settings/referrals/",
        referrals.referral_terms_edit,
        name="referral-terms-edit",
    ),
    path("me/", include(portal_urls)),
    path("no-reminders/<str:token>/", reminders.reminder_stop, name="reminder-stop"),
    path("", include("points.import_urls")),
]
