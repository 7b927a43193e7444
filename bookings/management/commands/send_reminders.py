from bookings import tasks
from bookings.models import CalendarMail, Reminder
from common.commands import PeriodicCommand, Step, woken


class Command(PeriodicCommand):
    help = "Send the reminders and calendar entries that are due, in this process. Safe to repeat."
    works_here = True

    def steps(self) -> list[Step]:
        return [
            woken("reminders tried", Reminder, tasks.send_reminder),
            woken("calendar entries tried", CalendarMail, tasks.send_calendar_mail),
        ]
