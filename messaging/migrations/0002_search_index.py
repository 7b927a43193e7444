"""Search within one's own messages by parts of words."""

from django.db import migrations

from common.operations import TrigramIndex


class Migration(migrations.Migration):
    dependencies = [("messaging", "0001_initial")]

    operations = [
        TrigramIndex(
            "Message",
            name="message_words",
            column="search_text",
            beside=("sender_id", "recipient_id"),
            condition="deleted_at IS NULL",
        ),
    ]
