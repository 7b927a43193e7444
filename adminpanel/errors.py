"""The refusals of the back office."""

from common.errors import Forbidden


class BearerTokenRequired(Forbidden):
    """A browser sends its cookies with whatever page asks for a GET: none of these may change anything."""

    code = "BEARER_TOKEN_REQUIRED"
    message = "Repairing needs an access token in the Authorization header. A cookie is not enough."
