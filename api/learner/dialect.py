"""The learner contract: camelCase, objects bare, lists bare arrays with `X-Total-Count` and `Link` headers."""

from api.core.dialect import Dialect


class Learner(Dialect):
    name = "learner"
    camel_case = True
    size_parameters = ("limit", "page_size")
