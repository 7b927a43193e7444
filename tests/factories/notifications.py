"""Notifications."""

import hashlib
from datetime import timedelta

import factory
from django.utils import timezone

from notifications.models import Announcement, Delivery, Digest, Notification, NotificationPreferences, PushSubscription
from tests.factories.people import AdminFactory, StudentFactory
from tests.support.browsers import KEYS, PUBLIC_ENDPOINT


class NotificationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Notification

    recipient = factory.SubFactory(StudentFactory)
    type = "session_updated"
    title = "Session changed"
    message = "The details have changed."
    dedupe_key = factory.Sequence(lambda n: f"test:{n}")


class NotificationPreferencesFactory(factory.django.DjangoModelFactory):
    """Those of somebody who has chosen what holds anyway."""

    class Meta:
        model = NotificationPreferences

    user = factory.SubFactory(StudentFactory)


class PushSubscriptionFactory(factory.django.DjangoModelFactory):
    """A browser at a push service that nobody ever speaks to."""

    class Meta:
        model = PushSubscription

    user = factory.SubFactory(StudentFactory)
    endpoint = factory.Sequence(lambda n: f"{PUBLIC_ENDPOINT}/{n}")
    endpoint_hash = factory.LazyAttribute(lambda browser: hashlib.sha256(browser.endpoint.encode()).hexdigest())
    p256dh = KEYS["p256dh"]
    auth = KEYS["auth"]


class DigestFactory(factory.django.DjangoModelFactory):
    """One that goes out in an hour."""

    class Meta:
        model = Digest

    user = factory.SubFactory(StudentFactory)
    category = "sessions"
    ends_at = due_at = factory.LazyFunction(lambda: timezone.now() + timedelta(hours=1))


class DeliveryFactory(factory.django.DjangoModelFactory):
    """A mail that is due."""

    class Meta:
        model = Delivery

    notification = factory.SubFactory(NotificationFactory)
    recipient = factory.SelfAttribute("notification.recipient")
    channel = Delivery.Channel.EMAIL
    type = factory.SelfAttribute("notification.type")
    about = factory.SelfAttribute("notification.about")
    due_at = factory.LazyFunction(timezone.now)
    effect_key = factory.Sequence(lambda n: f"test:{n}")


class AnnouncementFactory(factory.django.DjangoModelFactory):
    """To everybody, and due."""

    class Meta:
        model = Announcement

    created_by = factory.SubFactory(AdminFactory)
    title = "Maintenance"
    message = "We are away on Sunday."
    due_at = factory.LazyFunction(timezone.now)
