"""Shapes of avatars."""

from rest_framework import serializers

from accounts.serializers.account import MessageSerializer


class AvatarUploadSerializer(serializers.Serializer):
    # What is in the file, `accounts.images` judges.
    file = serializers.FileField(allow_empty_file=True, help_text="JPG, PNG, GIF or WebP, up to 5 MB.")


class ProfileImageUploadSerializer(serializers.Serializer):
    image = serializers.FileField(allow_empty_file=True, help_text="JPG, PNG, GIF or WebP, up to 5 MB.")


class ProfileImageSerializer(MessageSerializer):
    success = serializers.BooleanField()
    image_url = serializers.URLField()


class AvatarSerializer(serializers.Serializer):
    avatar_url = serializers.URLField()
    uploaded_at = serializers.DateTimeField(allow_null=True, help_text="Null for the default picture.")
    expires_at = serializers.DateTimeField(allow_null=True, help_text="Always null: the address does not expire.")


class AvatarChangedSerializer(MessageSerializer, AvatarSerializer):
    pass
