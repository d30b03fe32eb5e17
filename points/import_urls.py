"""Addresses of the imports, mounted by `points.urls`."""

from django.urls import path

from points.views import imports

urlpatterns = [
    path("imports/", imports.import_list, name="import-list"),
    path("imports/new/", imports.import_new, name="import-new"),
    path("imports/template/", imports.import_template, name="import-template"),
    path("imports/<uuid:public_id>/", imports.import_detail, name="import-detail"),
    path("imports/<uuid:public_id>/columns/", imports.import_map, name="import-map"),
    path(
        "imports/<uuid:public_id>/confirm/",
        imports.import_confirm,
        name="import-confirm",
    ),
    path(
        "imports/<uuid:public_id>/errors/", imports.import_errors, name="import-errors"
    ),
    path(
        "imports/<uuid:public_id>/discard/",
        imports.import_discard,
        name="import-discard",
    ),
    path(
        "imports/<uuid:public_id>/reverse/",
        imports.import_reverse,
        name="import-reverse",
    ),
]
