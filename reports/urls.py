"""Addresses of reports."""

from django.urls import path

from reports import views

app_name = "reports"
urlpatterns = [
    path("reports/", views.overview, name="report-list"),
    path("reports/points/", views.points, name="points"),
    path("reports/cohorts/", views.cohorts, name="cohorts"),
    path("reports/nps/", views.nps, name="nps"),
    path("reports/definitions/", views.definition_list, name="definition-list"),
    path("reports/<slug:slug>/members/", views.members, name="members"),
]
