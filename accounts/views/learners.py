"""Whose page it is, where a path begins with the id of a learner."""

from contextlib import AbstractContextManager
from typing import Any

from rest_framework.views import APIView

from accounts.models import User
from accounts.requests import SignedInRequest
from accounts.services import learners
from audit.origin import acting_in_place_of


class LearnersOwn(APIView):
    """Put before a view whose path has `<id:learner_id>`: `self.learner` is who that is; handlers do not get the id.

    The learner's own, or an admin's in their place; to everybody else nobody is there.
    """

    learner: User

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        self.learner_id = kwargs.pop("learner_id")
        return super().dispatch(request, *args, **kwargs)

    def initial(self, request: SignedInRequest, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        super().initial(request, *args, **kwargs)
        self.learner = learners.find(self.learner_id, actor=request.user)

    def in_the_learners_place(self) -> AbstractContextManager[None]:
        """Services act for the learner inside the block, by the learner's rights; the audit log names the caller."""
        return acting_in_place_of(self.learner.pk, helper=self.request.user)
