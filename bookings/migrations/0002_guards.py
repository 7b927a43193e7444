"""What the database itself guarantees: nobody is booked twice at one time, and the ledger is only ever added to."""

from django.db import migrations

from audit.operations import MakeAppendOnly
from common.operations import NeverOverlap


class Migration(migrations.Migration):
    dependencies = [("bookings", "0001_initial")]

    operations = [
        NeverOverlap(
            "Booking",
            name="booking_student_in_one_place",
            owner="student_id",
            condition="{row}status IN ('pending', 'confirmed') AND NOT {row}allow_overlap",
        ),
        MakeAppendOnly("CreditEntry"),
    ]
