"""Who hears of a tutor's way through approval: the admins of what waits for them, the tutor of what they decided."""

from accounts.models import Role, TutorProfile, User
from notifications.services.notices import Notice, notify

# What admins are asked, by event.
ASKED = {
    "submitted": ("A tutor to approve", "{name} asks to be approved as a tutor."),
    "revision_submitted": ("A changed profile to approve", "{name} has changed what students read."),
}
# What the tutor is told, by event.
TOLD = {
    "approved": ("You are approved", "Students can find and book you from now on."),
    "rejected": ("Your profile was not approved", "{reason}"),
    "changes_requested": ("Please change your profile", "{reason}"),
    "revision_approved": ("Your changes are approved", "Students see the new version of your profile."),
    "revision_rejected": ("Your changes were not approved", "{reason}"),
    "suspended": ("Your tutor account is suspended", "{reason}"),
    "reinstated": ("Your tutor account is open again", "You can go on where you were before."),
}


def tell(profile: TutorProfile, event: str, *, reason: str, actor: User | None) -> None:
    """Write the notifications of one move in the running transaction (`settings.TUTOR_FOLLOWERS`)."""
    if event in ASKED:
        title, message = ASKED[event]
        admins = User.objects.active().filter(role=Role.ADMIN).values_list("pk", flat=True)
        message = message.format(name=profile.user.display_name)
        notify([_notice(admin, profile, event, title, message, actor) for admin in admins])
    elif event in TOLD:
        title, message = TOLD[event]
        notify([_notice(profile.user_id, profile, event, title, message.format(reason=reason), actor)])


def _notice(recipient: int, profile: TutorProfile, event: str, title: str, message: str, actor: User | None) -> Notice:
    return Notice(
        recipient_id=recipient,
        kind=f"tutor_{event}",
        title=title,
        message=message,
        link=f"/tutors/{profile.pk}",
        about=f"tutor:{profile.pk}",
        data={"tutor_id": profile.pk, "status": profile.status, "actor_id": actor.pk if actor else None},
        # Each move makes a new version.
        dedupe_key=f"tutor:{profile.pk}:{event}:v{profile.version}",
    )
