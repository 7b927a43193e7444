"""The audit log, and accounts that are deleted, restored and erased."""

from adminpanel.audit_log import views as audit_log
from api.edustream.views.base import EduStreamArraysMixin, EduStreamMixin
from privacy.views import accounts


class AuditLogViewSet(EduStreamArraysMixin, audit_log.AuditLogViewSet):
    pass


class AuditExportViewSet(EduStreamMixin, audit_log.AuditExportViewSet):
    pass


class VerifyAuditView(EduStreamMixin, audit_log.VerifyAuditView):
    pass


class SoftDeleteUserView(EduStreamMixin, accounts.SoftDeleteUserView):
    pass


class RestoreUserView(EduStreamMixin, accounts.RestoreUserView):
    pass


class DeletedUserViewSet(EduStreamArraysMixin, accounts.DeletedUserViewSet):
    pass


class PurgeView(EduStreamMixin, accounts.PurgeView):
    pass
