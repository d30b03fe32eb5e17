"""Addresses of the imports, mounted by `points.urls`."""

from django.urls import path

from points.views import imports, refund_imports

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
    path(
        "imports/refunds/",
        refund_imports.refund_import_list,
        name="refund-import-list",
    ),
    path(
        "imports/refunds/new/",
        refund_imports.refund_import_new,
        name="refund-import-new",
    ),
    path(
        "imports/refunds/template/",
        refund_imports.refund_import_template,
        name="refund-import-template",
    ),
    path(
        "imports/refunds/<uuid:public_id>/",
        refund_imports.refund_import_detail,
        name="refund-import-detail",
    ),
    path(
        "imports/refunds/<uuid:public_id>/check/",
        refund_imports.refund_import_check,
        name="refund-import-check",
    ),
    path(
        "imports/refunds/<uuid:public_id>/confirm/",
        refund_imports.refund_import_confirm,
        name="refund-import-confirm",
    ),
    path(
        "imports/refunds/<uuid:public_id>/errors/",
        refund_imports.refund_import_errors,
        name="refund-import-errors",
    ),
    path(
        "imports/refunds/<uuid:public_id>/discard/",
        refund_imports.refund_import_discard,
        name="refund-import-discard",
    ),
]
