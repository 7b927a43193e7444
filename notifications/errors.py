"""What notifications refuse."""

from common.errors import Conflict, Invalid


class PushNotConfigured(Conflict):
    code = "PUSH_NOT_CONFIGURED"
    message = "This site does not push to browsers."


class TooManyBrowsers(Conflict):
    code = "TOO_MANY_BROWSERS"
    message = "You receive pushes in ten browsers already. Remove one of them first."


class ExactlyOne(Invalid):
    """Of several ways to say something none was used, or more than one."""

    code = "EXACTLY_ONE"
    message = "Send exactly one of these."
