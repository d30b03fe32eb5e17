"""The points engine in Django's admin, for support; the ledger is read-only anyway."""

from django.contrib import admin

from members.admin import ReadOnlyAdmin
from points.models import (
    Account,
    Adjustment,
    AdjustmentLimit,
    Allocation,
    EarningRule,
    Entry,
    Lot,
    Programme,
    Purchase,
    PurchaseImport,
    Redemption,
    Refund,
    RefundImport,
    Reward,
    RuleVersion,
    Store,
    Tier,
    TierChange,
    Transfer,
)


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    list_display = ("member", "balance", "held", "debt", "tier", "last_activity_at")
    list_select_related = ("member", "tier")
    search_fields = ("=member__number",)


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    list_display = ("id", "account", "kind", "points", "occurred_at", "key", "actor")
    search_fields = ("=account__member__number",)


@admin.register(Adjustment)
class AdjustmentAdmin(ReadOnlyAdmin):
    list_display = ("asked_at", "account", "points", "reason", "state", "asked_by")
    search_fields = ("=account__member__number",)


@admin.register(Transfer)
class TransferAdmin(ReadOnlyAdmin):
    list_display = ("at", "sender", "receiver", "points", "actor")
    search_fields = ("=sender__member__number", "=receiver__member__number")


@admin.register(Lot)
class LotAdmin(ReadOnlyAdmin):
    list_display = ("id", "account", "points", "remaining", "expires_at")
    search_fields = ("=account__member__number",)


@admin.register(Allocation)
class AllocationAdmin(ReadOnlyAdmin):
    list_display = ("id", "account", "entry", "lot", "points")
    list_select_related = ("entry", "lot")


@admin.register(Purchase)
class PurchaseAdmin(ReadOnlyAdmin):
    list_display = ("source", "source_id", "amount_minor", "occurred_at", "voided_at")
    search_fields = ("=source_id", "=member__number")


@admin.register(Refund)
class RefundAdmin(ReadOnlyAdmin):
    list_display = ("purchase", "amount_minor", "due", "collected", "occurred_at")
    list_select_related = ("purchase",)
    search_fields = ("=source_id", "=purchase__source_id")


@admin.register(Redemption)
class RedemptionAdmin(ReadOnlyAdmin):
    list_display = ("code", "reward", "points", "state", "at", "actor")
    list_select_related = ("reward",)
    search_fields = ("=code",)


@admin.register(TierChange)
class TierChangeAdmin(ReadOnlyAdmin):
    list_display = ("account", "from_tier", "to_tier", "at", "cause", "qualifying")
    list_select_related = ("from_tier", "to_tier")


@admin.register(RuleVersion)
class RuleVersionAdmin(ReadOnlyAdmin):
    list_display = ("rule", "number", "params", "valid_from", "created_by")
    list_select_related = ("rule",)


for model in (
    AdjustmentLimit,
    EarningRule,
    Programme,
    PurchaseImport,
    RefundImport,
    Reward,
    Store,
    Tier,
):
    admin.site.register(model, ReadOnlyAdmin)
