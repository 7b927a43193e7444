"""Points and certificates."""

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from api.learner_v1.views.base import LearnerV1Mixin
from common.errors import NotFound
from courses.presenters.certificates import certificate
from courses.services import certificates
from courses.views import points


class PointsViewSet(LearnerV1Mixin, points.PointsViewSet):
    pass


class LeaderboardViewSet(LearnerV1Mixin, points.LeaderboardViewSet):
    pass


class OwnCertificateViewSet(LearnerV1Mixin, points.OwnCertificateViewSet):
    pass


class CertificateView(LearnerV1Mixin, points.CertificateView):
    pass


@require_safe
def certificate_page(request: HttpRequest, code: str) -> HttpResponseBase:
    """What a certificate says, as a page for people. A program that asks for JSON gets what the API answers."""
    wants_json = request.get_preferred_type(["text/html", "application/json"]) == "application/json"
    response = CertificateView.as_view()(request, code=code) if wants_json else _page(request, code)
    patch_vary_headers(response, ["Accept"])
    return response


def _page(request: HttpRequest, code: str) -> HttpResponseBase:
    try:
        found = certificates.find(code)
    except NotFound as error:
        raise Http404 from error
    return render(request, "courses/certificate.html", certificate(found))
