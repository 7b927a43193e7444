from django.urls import path

from api.core.routers import router
from api.edustream.views import catalog

routes = router()
routes.register("api/subjects", catalog.SubjectViewSet, basename="subject")

urlpatterns = [
    *routes.urls,
    path("api/utils/countries", catalog.CountriesView.as_view()),
    path("api/utils/languages", catalog.LanguagesView.as_view()),
    path("api/utils/proficiency-levels", catalog.ProficiencyLevelsView.as_view()),
    path("api/utils/phone-codes", catalog.PhoneCodesView.as_view()),
]
