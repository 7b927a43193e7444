from django.apps import AppConfig


class PeerLearnConfig(AppConfig):
    name = "peerlearn"
    verbose_name = "PeerLearn"
