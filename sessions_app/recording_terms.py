"""What people are asked before a session is recorded (R-GDPR-7): who agrees to one text has not agreed to the next."""

# By version, from 1. A text that somebody was asked stays as it is: add another one.
TEXTS = {
    1: (
        "This session may be recorded, with your voice, your picture and what you show. The recording is for the host "
        "and the participants of the session only, and is deleted after 180 days. You may change your mind at any "
        "time: then nobody can have it any more, and a day later it is deleted."
    ),
}
CURRENT = max(TEXTS)
