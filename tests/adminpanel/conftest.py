"""Rows for every page of the back office, and an admin who looks at them."""

import pytest
from django.contrib import admin

from accounts.models import (
    FavouriteTutor,
    LearnerSettings,
    OutgoingMail,
    StudentProfile,
    TokenFamily,
    TutorProfile,
    TutorRevision,
    User,
)
from audit import services as audit
from audit.models import AuditEntry
from bookings.models import (
    Booking,
    BookingTerms,
    CalendarFeed,
    CalendarMail,
    DateOverride,
    Package,
    PackagePurchase,
    Reminder,
    Review,
    ReviewReport,
    SlotHold,
    TimeOff,
    WeeklyHours,
)
from catalog.models import Language, Subject
from courses.models import Assessment, Certificate, Course, Enrolment, Module, PointsEntry, Submission
from matching.models import PrecomputeJob, RecommendationList, TutorFeedback
from messaging.models import Attachment, Block, Conversation, MessagingSettings, Report
from notifications.models import Announcement, Delivery, Digest, Notification, NotificationPreferences, PushSubscription
from payments.models import (
    Adjustment,
    Dispute,
    Earning,
    Fee,
    LedgerLine,
    Payment,
    Payout,
    PayoutAccount,
    Posting,
    ProviderCall,
    ProviderEvent,
    Refund,
)
from privacy.models import DataExport, Erasure
from sessions_app.models import (
    ConflictReport,
    GuardianMail,
    Material,
    Participant,
    QualityReview,
    Recording,
    SessionRating,
    TutoringSession,
    WaitlistEntry,
)
from support.models import Feedback, Ticket
from tests import factories

ROWS = {
    User: factories.TutorFactory,
    TutorProfile: factories.TutorProfileFactory,
    TutorRevision: factories.TutorRevisionFactory,
    StudentProfile: factories.StudentProfileFactory,
    FavouriteTutor: factories.FavouriteTutorFactory,
    LearnerSettings: factories.LearnerSettingsFactory,
    TokenFamily: factories.TokenFamilyFactory,
    OutgoingMail: factories.OutgoingMailFactory,
    Subject: factories.SubjectFactory,
    Language: factories.LanguageFactory,
    WeeklyHours: factories.WeeklyHoursFactory,
    DateOverride: factories.DateOverrideFactory,
    TimeOff: factories.TimeOffFactory,
    Booking: factories.BookingFactory,
    BookingTerms: factories.BookingTermsFactory,
    SlotHold: factories.SlotHoldFactory,
    TutoringSession: factories.SessionFactory,
    Participant: factories.ParticipantFactory,
    WaitlistEntry: factories.WaitlistEntryFactory,
    SessionRating: factories.SessionRatingFactory,
    QualityReview: factories.QualityReviewFactory,
    Material: factories.MaterialFactory,
    Recording: factories.RecordingFactory,
    GuardianMail: factories.GuardianMailFactory,
    ConflictReport: factories.ConflictReportFactory,
    Package: factories.PackageFactory,
    PackagePurchase: factories.PackagePurchaseFactory,
    Reminder: factories.ReminderFactory,
    CalendarMail: factories.CalendarMailFactory,
    CalendarFeed: factories.CalendarFeedFactory,
    Review: factories.ReviewFactory,
    ReviewReport: factories.ReviewReportFactory,
    Course: factories.CourseFactory,
    Module: factories.ModuleFactory,
    Enrolment: factories.EnrolmentFactory,
    Assessment: factories.AssessmentFactory,
    Submission: factories.SubmissionFactory,
    Certificate: factories.CertificateFactory,
    PointsEntry: factories.PointsEntryFactory,
    PrecomputeJob: factories.PrecomputeJobFactory,
    RecommendationList: factories.RecommendationListFactory,
    TutorFeedback: factories.TutorFeedbackFactory,
    Conversation: factories.ConversationFactory,
    Attachment: factories.AttachmentFactory,
    Block: factories.BlockFactory,
    MessagingSettings: factories.MessagingSettingsFactory,
    Report: factories.MessageReportFactory,
    Payment: factories.PaymentFactory,
    Refund: factories.RefundFactory,
    Fee: factories.FeeFactory,
    Dispute: factories.DisputeFactory,
    Payout: factories.PayoutFactory,
    PayoutAccount: factories.PayoutAccountFactory,
    Earning: factories.EarningFactory,
    Adjustment: factories.AdjustmentFactory,
    ProviderEvent: factories.ProviderEventFactory,
    ProviderCall: factories.ProviderCallFactory,
    Posting: factories.PostingFactory,
    LedgerLine: factories.ledger_line,
    Ticket: factories.TicketFactory,
    Feedback: factories.FeedbackFactory,
    Notification: factories.NotificationFactory,
    Delivery: factories.DeliveryFactory,
    Digest: factories.DigestFactory,
    Announcement: factories.AnnouncementFactory,
    PushSubscription: factories.PushSubscriptionFactory,
    NotificationPreferences: factories.NotificationPreferencesFactory,
    Erasure: factories.ErasureFactory,
    DataExport: factories.DataExportFactory,
    AuditEntry: lambda: audit.record("session.created", actor=None, after={"title": "Sums"}),
}


def registered():
    """Every page of the back office, as `(model, its ModelAdmin)`."""
    return sorted(admin.site._registry.items(), key=lambda item: item[0]._meta.label)


@pytest.fixture
def office(client):
    """Requests of a signed-in admin."""
    client.raise_request_exception = False
    client.force_login(factories.AdminFactory(email="boss@example.com"))
    return client
