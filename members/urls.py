"""Addresses of the members' pages."""

from django.urls import path

from members.views import detail, edit, lists, segments

app_name = "members"

urlpatterns = [
    path("members/", lists.member_list, name="member-list"),
    path("members/add/", edit.member_add, name="member-add"),
    path("members/export/<slug:kind>/", lists.member_export, name="member-export"),
    path("members/segments/", segments.segment_fill, name="segment-fill"),
    path("members/<slug:number>/", detail.member_detail, name="member-detail"),
    path("members/<slug:number>/edit/", edit.member_edit, name="member-edit"),
    path("members/<slug:number>/close/", edit.member_close, name="member-close"),
    path("members/<slug:number>/consent/", edit.member_consent, name="member-consent"),
    path(
        "members/<slug:number>/history/", detail.member_history, name="member-history"
    ),
    path(
        "members/<slug:number>/segments/",
        segments.member_segments,
        name="member-segments",
    ),
    path(
        "members/<slug:number>/<slug:slug>/", detail.member_panel, name="member-panel"
    ),
    path("segments/", segments.segment_list, name="segment-list"),
    path("segments/add/", segments.segment_add, name="segment-add"),
    path("segments/<slug:slug>/", segments.segment_detail, name="segment-detail"),
    path("segments/<slug:slug>/edit/", segments.segment_edit, name="segment-edit"),
    path(
        "segments/<slug:slug>/archive/",
        segments.segment_archive,
        name="segment-archive",
    ),
]
