from django.urls import path

from api.edustream.views import audit

# The document's, and the one at which its origin's code has the same.
PREFIXES = ("api/audit", "api/admin/audit")

urlpatterns = [
    pattern
    for prefix in PREFIXES
    for pattern in (
        path(f"{prefix}/logs", audit.AuditLogViewSet.as_view({"get": "list"}, detail=False)),
        path(f"{prefix}/logs/export", audit.AuditExportViewSet.as_view({"get": "export"})),
        path(f"{prefix}/verify", audit.VerifyAuditView.as_view()),
        path(f"{prefix}/soft-delete-user", audit.SoftDeleteUserView.as_view()),
        path(f"{prefix}/restore-user", audit.RestoreUserView.as_view()),
        path(f"{prefix}/deleted-users", audit.DeletedUserViewSet.as_view({"get": "list"}, detail=False)),
        path(f"{prefix}/purge-old-deletes", audit.PurgeView.as_view()),
    )
]
