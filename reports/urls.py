"""Addresses of reports."""

from django.urls import path

from reports.views import campaigns, pages, settings

app_name = "reports"
urlpatterns = [
    path("reports/", pages.overview, name="report-list"),
    path("reports/points/", pages.points, name="points"),
    path("reports/points/breakage/", pages.breakage, name="breakage"),
    path("reports/points/revenue/", pages.revenue, name="revenue"),
    path(
        "reports/campaigns/<uuid:public_id>/",
        campaigns.campaign_results,
        name="campaign-results",
    ),
    path("reports/cohorts/", pages.cohorts, name="cohorts"),
    path("reports/nps/", pages.nps, name="nps"),
    path(
        "settings/books/accounts/",
        settings.account_codes,
        name="account-codes",
    ),
    path("settings/books/", settings.valuation_list, name="valuation-list"),
    path("reports/definitions/", pages.definition_list, name="definition-list"),
    path("reports/<slug:slug>/members/", pages.members, name="members"),
]
