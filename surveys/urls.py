"""Addresses of the surveys app: of staff, and of members with a personal link."""

from django.urls import path

from surveys.views import answer, cases, optout, responses, surveys, waves

app_name = "surveys"
urlpatterns = [
    path("s/<str:token>/", answer.answer_start, name="answer-start"),
    path("s/<str:token>/thanks/", answer.answer_thanks, name="answer-thanks"),
    path("s/<str:token>/<int:step>/", answer.answer_step, name="answer-step"),
    path("u/<str:token>/", optout.unsubscribe_page, name="unsubscribe"),
    path("surveys/", surveys.survey_list, name="survey-list"),
    path("surveys/add/", surveys.survey_add, name="survey-add"),
    path("surveys/<slug:slug>/", surveys.survey_detail, name="survey-detail"),
    path("surveys/<slug:slug>/edit/", surveys.survey_edit, name="survey-edit"),
    path(
        "surveys/<slug:slug>/settings/", surveys.survey_settings, name="survey-settings"
    ),
    path(
        "surveys/<slug:slug>/preview/<int:step>/",
        surveys.survey_preview,
        name="survey-preview",
    ),
    path("surveys/<slug:slug>/send/", waves.wave_send, name="wave-send"),
    path("waves/<uuid:public_id>/", waves.wave_detail, name="wave-detail"),
    path("waves/<uuid:public_id>/cancel/", waves.wave_cancel, name="wave-cancel"),
    path("responses/", responses.response_list, name="response-list"),
    path(
        "responses/<uuid:public_id>/", responses.response_detail, name="response-detail"
    ),
    path("cases/", cases.case_list, name="case-list"),
    path("cases/<uuid:public_id>/", cases.case_detail, name="case-detail"),
    path("cases/<uuid:public_id>/owner/", cases.case_take, name="case-take"),
    path("cases/<uuid:public_id>/note/", cases.case_note, name="case-note"),
    path("cases/<uuid:public_id>/resolve/", cases.case_resolve, name="case-resolve"),
    path("cases/<uuid:public_id>/reopen/", cases.case_reopen, name="case-reopen"),
]
