"""Signing in to the back office and the browsable API: the same check, lock and limit as the API's."""

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.errors import AccountLocked, InvalidCredentials
from accounts.models import User
from accounts.services.sign_in import check_credentials
from common.client_address import client_address
from common.errors import Busy
from common.limits import address_of, count_request


class EmailBackend(ModelBackend):
    """Permissions are Django's; who somebody is, `accounts.services.sign_in` decides."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        if not username or not password:
            return None
        if request and settings.THROTTLING:
            limit, count = count_request("login", address_of(request))
            if count.hits > limit:
                raise PermissionDenied
        try:
            return check_credentials(username, password, address=client_address(request) if request else "local")
        except InvalidCredentials:
            return None
        except (AccountLocked, Busy) as error:
            raise PermissionDenied from error

    def get_user(self, user_id: int) -> User | None:
        return User.objects.active().filter(pk=user_id).first()
