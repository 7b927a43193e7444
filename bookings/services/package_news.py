"""Who is told what happened to a package. Each of these is the one `notify` of its transaction."""

from collections.abc import Iterable

from accounts.models import User
from bookings.models import CreditEntry, PackageExtension, PackagePurchase
from notifications.services import Notice, notify


def bought(purchase: PackagePurchase) -> None:
    """Tell the tutor."""
    notify([bought_notice(purchase)])


def bought_notice(purchase: PackagePurchase) -> Notice:
    """What the tutor is told, for whoever has more to tell."""
    message = f"{purchase.student.display_name} bought {purchase.name}."
    return _notice(purchase.tutor.user_id, purchase, "package_purchased", "Package sold", message, "bought")


def credit_used_notices(purchase: PackagePurchase, entry: CreditEntry, *, actor: User) -> list[Notice]:
    """What the parties are told, but not whoever used it, for whoever has more to tell."""
    message = f"A credit of {purchase.name} was used. {purchase.available} are left."
    recipients = {purchase.student_id, purchase.tutor.user_id} - {actor.pk}
    return _to(recipients, purchase, "package_credit_used", "Credit used", message, f"used:{entry.pk}")


def expiring(purchases: Iterable[PackagePurchase], *, days: int) -> int:
    """Remind the owners; returns how many had not been reminded of this before."""
    title = f"Your credits expire in {days} days"
    told = notify(
        _notice(
            purchase.student_id,
            purchase,
            "package_expiring",
            title,
            f"{purchase.available} lessons of {purchase.name} are still to be booked.",
            f"expiring:{days}:{purchase.expires_at:%Y-%m-%d}",
        )
        for purchase in purchases
    )
    return len(told)


def expired(purchase: PackagePurchase) -> None:
    """Tell the owner."""
    message = f"The unused lessons of {purchase.name} have expired."
    cause = f"expired:{purchase.expires_at:%Y-%m-%d}"
    notify([_notice(purchase.student_id, purchase, "package_expired", "Package expired", message, cause)])


def extension_asked(purchase: PackagePurchase, asked: PackageExtension) -> None:
    """Tell the other side."""
    by_student = asked.asked_by == PackageExtension.Side.STUDENT
    other = purchase.tutor.user_id if by_student else purchase.student_id
    message = f"{asked.days} more days are asked for {purchase.name}. Without an answer they are granted in a week."
    cause = f"extension:{asked.pk}"
    notify([_notice(other, purchase, "package_extension_asked", "More time is asked for", message, cause)])


def extension_answered(purchase: PackagePurchase, asked: PackageExtension) -> None:
    """Tell who asked."""
    by_student = asked.asked_by == PackageExtension.Side.STUDENT
    asker = purchase.student_id if by_student else purchase.tutor.user_id
    message = f"{asked.days} more days for {purchase.name}: {asked.state}."
    cause = f"extension:{asked.pk}:{asked.state}"
    notify([_notice(asker, purchase, "package_extension_answered", "More time for a package", message, cause)])


def refunded(purchase: PackagePurchase) -> None:
    """Tell both parties."""
    notify(refunded_notices(purchase))


def refunded_notices(purchase: PackagePurchase) -> list[Notice]:
    """What both parties are told, for whoever has more to tell."""
    message = f"{purchase.refunded_amount.normalize():f} {purchase.currency} of {purchase.name} are refunded."
    return _to_both(purchase, "Package refunded", message, "refunded")


def restored_notices(purchase: PackagePurchase) -> list[Notice]:
    """The same of a package that was refunded and is not any more."""
    message = f"The money of {purchase.name} did not go back. {purchase.available} credits are left."
    return _to_both(purchase, "Package not refunded", message, "restored")


def _to_both(purchase: PackagePurchase, title: str, message: str, cause: str) -> list[Notice]:
    recipients = {purchase.student_id, purchase.tutor.user_id}
    when = f"{cause}:{purchase.updated_at:%Y%m%d%H%M%S%f}"  # it may happen again
    return _to(recipients, purchase, "package_refunded", title, message, when)


def _to(
    recipients: Iterable[int], purchase: PackagePurchase, kind: str, title: str, message: str, cause: str
) -> list[Notice]:
    return [_notice(recipient, purchase, kind, title, message, cause) for recipient in recipients]


def _notice(recipient: int, purchase: PackagePurchase, kind: str, title: str, message: str, cause: str) -> Notice:
    return Notice(
        recipient_id=recipient,
        kind=kind,
        title=title,
        message=message,
        link=f"/packages/{purchase.pk}",
        about=f"package:{purchase.pk}",
        data={"package_id": purchase.pk, "sessions_remaining": purchase.available, "expires_at": purchase.expires_at},
        dedupe_key=f"package:{purchase.pk}:{cause}",
    )
