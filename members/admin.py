"""Members in Django's admin, for support: what is there, not how to change it."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from members.models import Consent, Identifier, Member

Row = Model | None


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """Shows rows and changes none: every write goes through a service."""

    show_full_result_count = False

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _row: Row = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _row: Row = None) -> bool:
        return False


@admin.register(Member)
class MemberAdmin(ReadOnlyAdmin):
    list_display = ("number", "full_name", "enrolled_at", "closed_at")
    search_fields = ("=number",)


@admin.register(Identifier)
class IdentifierAdmin(ReadOnlyAdmin):
    list_display = ("system", "value", "member")
    list_select_related = ("member",)
    search_fields = ("=value",)


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin):
    list_display = ("member", "purpose", "channel", "is_granted", "at", "source")
    list_select_related = ("member",)
