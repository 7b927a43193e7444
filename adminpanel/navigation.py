"""The sidebar of the back office, by subject. What somebody may not see is left out."""

from typing import Any

from django.apps import apps
from django.http import HttpRequest
from django.urls import reverse

from adminpanel.permissions import may_view

# (title, icon, model); an icon is a name of the Material Symbols font.
GROUPS = {
    "People": [
        ("Users", "person", "accounts.user"),
        ("Tutors", "co_present", "accounts.tutorprofile"),
        ("Changed profiles", "difference", "accounts.tutorrevision"),
        ("Students", "school", "accounts.studentprofile"),
        ("Learners' settings", "tune", "accounts.learnersettings"),
        ("Favourites", "favorite", "accounts.favouritetutor"),
        ("Sign-ins", "devices", "accounts.tokenfamily"),
    ],
    "Learning": [
        ("Sessions", "event", "sessions_app.tutoringsession"),
        ("Participants", "groups", "sessions_app.participant"),
        ("Waiting lists", "hourglass_empty", "sessions_app.waitlistentry"),
        ("Ratings", "star_half", "sessions_app.sessionrating"),
        ("Materials", "folder", "sessions_app.material"),
        ("Recordings", "videocam", "sessions_app.recording"),
        ("Conflicts", "gavel", "sessions_app.conflictreport"),
        ("Quality", "verified", "sessions_app.qualityreview"),
        ("Subjects", "menu_book", "catalog.subject"),
        ("Languages", "translate", "catalog.language"),
    ],
    "Courses": [
        ("Courses", "library_books", "courses.course"),
        ("Modules", "view_list", "courses.module"),
        ("Enrolments", "how_to_reg", "courses.enrolment"),
        ("Assessments", "assignment", "courses.assessment"),
        ("Submissions", "assignment_turned_in", "courses.submission"),
        ("Certificates", "workspace_premium", "courses.certificate"),
        ("Points", "stars", "courses.pointsentry"),
    ],
    "Availability": [
        ("Weekly hours", "schedule", "bookings.weeklyhours"),
        ("Overrides", "edit_calendar", "bookings.dateoverride"),
        ("Time off", "beach_access", "bookings.timeoff"),
        ("Booking terms", "tune", "bookings.bookingterms"),
        ("Slot holds", "hourglass_top", "bookings.slothold"),
    ],
    "Market": [
        ("Bookings", "event_available", "bookings.booking"),
        ("Packages", "inventory_2", "bookings.package"),
        ("Purchases", "shopping_bag", "bookings.packagepurchase"),
        ("Reviews", "reviews", "bookings.review"),
        ("Reported reviews", "flag", "bookings.reviewreport"),
        ("Recommendations", "recommend", "matching.recommendationlist"),
        ("Saved and dismissed", "thumbs_up_down", "matching.tutorfeedback"),
        ("Precomputing", "model_training", "matching.precomputejob"),
    ],
    "Money": [
        ("Payments", "payments", "payments.payment"),
        ("Refunds", "undo", "payments.refund"),
        ("Disputes", "balance", "payments.dispute"),
        ("Fees", "percent", "payments.fee"),
        ("Payouts", "send_money", "payments.payout"),
        ("Payout accounts", "account_balance", "payments.payoutaccount"),
        ("Earnings", "savings", "payments.earning"),
        ("Adjustments", "price_change", "payments.adjustment"),
        ("Provider's events", "webhook", "payments.providerevent"),
        ("Calls of the provider", "outbound", "payments.providercall"),
        ("Ledger", "receipt_long", "payments.posting"),
        ("Ledger lines", "functions", "payments.ledgerline"),
    ],
    "Support": [
        ("Tickets", "support_agent", "support.ticket"),
        ("Feedback", "thumbs_up_down", "support.feedback"),
    ],
    "What was said": [
        ("Reported messages", "flag", "messaging.report"),
        ("Conversations", "forum", "messaging.conversation"),
        ("Attachments", "attach_file", "messaging.attachment"),
        ("Blocks", "block", "messaging.block"),
        ("Receipts", "done_all", "messaging.messagingsettings"),
        ("Notifications", "notifications", "notifications.notification"),
        ("Reminders", "alarm", "bookings.reminder"),
        ("Calendar mails", "calendar_add_on", "bookings.calendarmail"),
        ("Calendar feeds", "calendar_month", "bookings.calendarfeed"),
        ("Deliveries", "outgoing_mail", "notifications.delivery"),
        ("Digests", "library_books", "notifications.digest"),
        ("Announcements", "campaign", "notifications.announcement"),
        ("Browsers", "web", "notifications.pushsubscription"),
        ("Mails", "mail", "accounts.outgoingmail"),
        ("Mails to guardians", "family_restroom", "sessions_app.guardianmail"),
        ("Preferences", "tune", "notifications.notificationpreferences"),
    ],
    "What was done": [
        ("Audit log", "history", "audit.auditentry"),
        ("Erasures", "delete_forever", "privacy.erasure"),
        ("Copies of one's data", "download", "privacy.dataexport"),
    ],
}


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups in the form that unfold wants, with what this person may see.

    An item's own "permission" would do the same, but unfold makes a class for each one that it asks: a third of a page.
    """
    first = [
        {"title": title, "icon": icon, "link": reverse(name)}
        for title, icon, name in (("Overview", "dashboard", "admin:index"), ("Find", "search", "admin:find"))
    ]
    seen = [(title, _items(request, group)) for title, group in GROUPS.items()]
    return [{"items": first}] + [{"title": title, "separator": True, "items": items} for title, items in seen if items]


def _items(request: HttpRequest, group: list[tuple[str, str, str]]) -> list[dict[str, Any]]:
    return [
        {"title": title, "icon": icon, "link": reverse(f"admin:{label.replace('.', '_')}_changelist")}
        for title, icon, label in group
        if may_view(request, apps.get_model(label))
    ]
