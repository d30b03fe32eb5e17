"""Addresses of the members' pages."""

from django.urls import path

from members.views import detail, edit, lists

app_name = "members"

urlpatterns = [
    path("members/", lists.member_list, name="member-list"),
    path("members/add/", edit.member_add, name="member-add"),
    path("members/export/<slug:kind>/", lists.member_export, name="member-export"),
    path("members/<slug:number>/", detail.member_detail, name="member-detail"),
    path("members/<slug:number>/edit/", edit.member_edit, name="member-edit"),
    path("members/<slug:number>/close/", edit.member_close, name="member-close"),
    path("members/<slug:number>/consent/", edit.member_consent, name="member-consent"),
    path(
        "members/<slug:number>/history/", detail.member_history, name="member-history"
    ),
    path(
        "members/<slug:number>/<slug:slug>/", detail.member_panel, name="member-panel"
    ),
]
