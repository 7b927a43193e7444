"""Support."""

from api.mentor.views.base import MentorMixin
from support.views import tickets, voices


class TicketViewSet(MentorMixin, tickets.TicketViewSet):
    pass


class TicketEscalationView(MentorMixin, tickets.TicketEscalationView):
    pass


class TicketClosingView(MentorMixin, tickets.TicketClosingView):
    pass


class TicketChatView(MentorMixin, tickets.TicketChatView):
    pass


class EmergencyView(MentorMixin, voices.EmergencyView):
    pass


class SupportFeedbackView(MentorMixin, voices.SupportFeedbackView):
    pass
