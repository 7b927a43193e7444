"""The OpenAPI description, derived from what the views declare and from the dialect that they are bound to."""

from api.core.schema import security
from api.core.schema.operations import DialectSchema

__all__ = ["DialectSchema", "security"]
