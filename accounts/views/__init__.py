"""People over HTTP: parse, call, answer. Bound to paths and dialects in `api`."""

from accounts.views.account import (
    ChangePasswordView,
    ForgotPasswordView,
    LoginView,
    LogoutEverywhereView,
    LogoutView,
    MeView,
    PersonView,
    RefreshView,
    RegisterView,
    ResendVerificationView,
    ResetPasswordView,
    VerifyCodeView,
    VerifyEmailView,
    open_family,
    signed_in,
)
from accounts.views.avatars import (
    MyAvatarView,
    ProfileImageView,
    picture,
)
from accounts.views.base import (
    AccountView,
    OpenView,
)
from accounts.views.currency import (
    CurrencyOptionsView,
    MyCurrencyView,
)
from accounts.views.learners import (
    LearnersOwn,
)
from accounts.views.students import (
    AboutMeView,
    FavouriteTutorViewSet,
    FavouriteViewSet,
    StudentProfileView,
)

__all__ = [
    "AboutMeView",
    "AccountView",
    "ChangePasswordView",
    "CurrencyOptionsView",
    "FavouriteTutorViewSet",
    "FavouriteViewSet",
    "ForgotPasswordView",
    "LearnersOwn",
    "LoginView",
    "LogoutEverywhereView",
    "LogoutView",
    "MeView",
    "MyAvatarView",
    "MyCurrencyView",
    "OpenView",
    "PersonView",
    "ProfileImageView",
    "RefreshView",
    "RegisterView",
    "ResendVerificationView",
    "ResetPasswordView",
    "StudentProfileView",
    "VerifyCodeView",
    "VerifyEmailView",
    "open_family",
    "picture",
    "signed_in",
]
