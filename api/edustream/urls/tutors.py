from django.urls import path

from api.core.routers import router
from api.edustream.views import tutors

routes = router()
routes.register("api/admin/tutors", tutors.ApprovalViewSet, basename="tutor-approval")

urlpatterns = [
    path("api/tutors", tutors.TutorSearchViewSet.as_view({"get": "list"}, detail=False)),
    path("api/tutors/<id:pk>", tutors.TutorDetailView.as_view()),
    path("api/tutors/<id:pk>/public", tutors.PublicTutorView.as_view()),
    path("api/tutors/certifications/<id:pk>/file", tutors.CertificationScanView.as_view()),
    path("api/tutors/education/<id:pk>/file", tutors.DegreeScanView.as_view()),
    # One's own
    path("api/tutors/me/profile", tutors.MyTutorProfileView.as_view()),
    path("api/tutors/me/about", tutors.AboutView.as_view()),
    path("api/tutors/me/subjects", tutors.SubjectsView.as_view()),
    path("api/tutors/me/pricing", tutors.PricingView.as_view()),
    path("api/tutors/me/certifications", tutors.CertificationsView.as_view()),
    path("api/tutors/me/education", tutors.EducationView.as_view()),
    path("api/tutors/me/description", tutors.DescriptionView.as_view()),
    path("api/tutors/me/video", tutors.VideoView.as_view()),
    path("api/tutors/me/photo", tutors.PhotoView.as_view()),
    # Approval
    path("api/tutors/me/submit", tutors.SubmitView.as_view()),
    path("api/tutors/me/withdraw", tutors.WithdrawView.as_view()),
    path("api/tutors/me/pause", tutors.PauseView.as_view()),
    path("api/tutors/me/resume", tutors.ResumeView.as_view()),
    path("api/tutors/me/close", tutors.CloseView.as_view()),
    *routes.urls,
]
