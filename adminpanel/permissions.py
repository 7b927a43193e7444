from django.contrib.auth import get_permission_codename
from django.db.models import Model
from django.http import HttpRequest


def may_view(request: HttpRequest, model: type[Model]) -> bool:
    """Whether this person may open the model's pages."""
    codenames = [get_permission_codename(verb, model._meta) for verb in ("view", "change")]
    return any(request.user.has_perm(f"{model._meta.app_label}.{codename}") for codename in codenames)
