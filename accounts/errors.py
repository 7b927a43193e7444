"""The refusals of accounts."""

from common.errors import Conflict, Forbidden, Gone, Invalid, StaleVersion, TooManyRequests, Unauthenticated


class EmailTaken(Conflict):
    code = "EMAIL_TAKEN"
    message = "This e-mail address is already registered."


class InvalidCredentials(Unauthenticated):
    """The same for an unknown address, a wrong password and a deactivated account (R-AUTH-2)."""

    code = "INVALID_CREDENTIALS"
    message = "Invalid credentials"


class AccountLocked(TooManyRequests):
    code = "ACCOUNT_LOCKED"
    message = "Account is temporarily locked. Try again later."


class CredentialsMissing(Unauthenticated):
    """A sign-in form without an address or a password, where the client understands no other refusal than a 401."""

    code = "CREDENTIALS_MISSING"
    message = "Email and password are required"


class SignInLocked(Unauthenticated):
    """AccountLocked, in the words and with the status that the mentor contract's client knows."""

    code = AccountLocked.code
    message = "Account is temporarily locked"


class SessionUpdateRefused(Invalid):
    """The CSRF token of this browser was not sent along."""

    code = "CSRF_TOKEN_INVALID"
    message = "The CSRF token is missing or wrong."


class TokenInvalid(Unauthenticated):
    code = "TOKEN_INVALID"
    message = "The token is not valid."


class TokenExpired(TokenInvalid):
    code = "TOKEN_EXPIRED"
    message = "The token has expired."


class TokenRevoked(TokenInvalid):
    code = "TOKEN_REVOKED"
    message = "This sign-in has ended. Sign in again."


class RefreshTokenSpent(TokenInvalid):
    """The loser of several uses at once; its family stays alive."""

    code = "TOKEN_ALREADY_USED"
    message = "This refresh token was already used."


class LinkInvalid(Invalid):
    code = "LINK_INVALID"
    message = "This link is not valid, was already used, or has expired."


class CodeInvalid(Invalid):
    code = "CODE_INVALID"
    message = "This code is not valid or has expired."


class WrongPassword(Invalid):
    code = "WRONG_PASSWORD"
    message = "The current password is not right."


class EmailChangeRefused(Invalid):
    """An address must be proven before it can be a login name; a profile form proves nothing."""

    code = "EMAIL_CHANGE_REFUSED"
    message = "The e-mail address cannot be changed here. Ask the support."


class StudentsOnly(Forbidden):
    code = "STUDENTS_ONLY"
    message = "Only students may do that."


class LearnerOnly(Forbidden):
    """What the learner_v1 client knows of a route of the learner's side."""

    code = "LEARNER_ONLY"
    message = "This is for learners only."


class TutorOnly(Forbidden):
    """What the learner_v1 client knows of a route of the tutor's side."""

    code = "TUTOR_ONLY"
    message = "This is for tutors only."


class NotATutor(Forbidden):
    """Right credentials at the tutor's door, of somebody who is no tutor."""

    code = "NOT_A_TUTOR"
    message = "This account is not a tutor's."


class EmailNotVerified(Forbidden):
    """Where the site holds back who has not proven the address (R-AUTH-5)."""

    code = "EMAIL_NOT_VERIFIED"
    message = "Verify your e-mail address first: open the link in our mail, or ask for another one."


class NotOnYourself(Forbidden):
    code = "NOT_ON_YOURSELF"
    message = "You cannot do that to your own account."


class ApplicationExists(Conflict):
    """The mentor platform's page looks for `existing_application`."""

    code = "APPLICATION_EXISTS"
    message = "There is an application or an account with this e-mail address already."

    def __init__(self) -> None:
        super().__init__(existing_application=True)


class TooManyDocuments(Conflict):
    code = "TOO_MANY_DOCUMENTS"
    message = "There are too many documents already. Ask the support."


class ClosedTooLongAgo(Conflict):
    code = "CLOSED_TOO_LONG_AGO"
    message = "This account was closed more than 30 days ago."


class FileEmpty(Invalid):
    code = "FILE_EMPTY"
    message = "The file is empty."


class FileTooLarge(Invalid):
    code = "FILE_TOO_LARGE"
    message = "The file is larger than 5 MB."


class ImageTypeNotAllowed(Invalid):
    code = "IMAGE_TYPE_NOT_ALLOWED"
    message = "Only JPG, PNG, GIF and WebP pictures can be uploaded."


class ImageTypeUntrue(Invalid):
    """The media type that was sent along is another than the file's."""

    code = "IMAGE_TYPE_UNTRUE"
    message = "The file is not of the type that it was sent as."


class ImageHidesSomething(Invalid):
    """The file is a picture and a page, script, document or archive at once."""

    code = "IMAGE_HIDES_SOMETHING"
    message = "The file holds more than a picture."


class ImageTooManyPixels(Invalid):
    code = "IMAGE_TOO_MANY_PIXELS"
    message = "The picture has more than 25 megapixels."


class ImageBroken(Invalid):
    code = "IMAGE_BROKEN"
    message = "The picture is damaged and cannot be read."


class NotYourPicture(Invalid):
    code = "NOT_YOUR_PICTURE"
    message = "Upload the picture first: this is not the address of the one you have."


class StaleProfile(Conflict):
    """The version in the body is an old one; `If-Match` raises the kind of the same code (412)."""

    code = StaleVersion.code
    message = StaleVersion.message


class ProfileFrozen(Conflict):
    code = "PROFILE_FROZEN"
    message = "The profile is being reviewed. Withdraw it to change it."


class ProfileIncomplete(Invalid):
    """`missing` names the parts."""

    code = "PROFILE_INCOMPLETE"
    message = "Parts of the profile are missing."


class ResubmittedTooEarly(Conflict):
    """`allowed_at` says from when on."""

    code = "RESUBMITTED_TOO_EARLY"
    message = "A rejected profile can be submitted again a day after the decision."


class SubmittedTooOften(Conflict):
    code = "SUBMITTED_TOO_OFTEN"
    message = "The profile was submitted too often. Ask the support."


class BirthDateKnown(Conflict):
    code = "DATE_OF_BIRTH_KNOWN"
    message = "Your date of birth is known already. If it is wrong, ask the support to correct it."


class GuardianIsOneself(Invalid):
    code = "GUARDIAN_IS_ONESELF"
    message = "A guardian is somebody else, with another e-mail address."


class GuardianChangedTooOften(TooManyRequests):
    code = "GUARDIAN_CHANGED_TOO_OFTEN"
    message = "You have named too many guardians today. Try again tomorrow."


class LessonsToCome(Conflict):
    """`bookings` names them."""

    code = "LESSONS_TO_COME"
    message = "There are lessons to come. Cancel them, or give them, before you close."


class DocumentTypeNotAllowed(Invalid):
    code = "DOCUMENT_TYPE_NOT_ALLOWED"
    message = "Only PDF, PNG and JPG files can be uploaded."


class AccountNotDeleted(Conflict):
    code = "ACCOUNT_NOT_DELETED"
    message = "This account is not deleted."


class AccountErased(Gone):
    code = "ACCOUNT_ERASED"
    message = "This account was erased: nothing of it is left to bring back."
