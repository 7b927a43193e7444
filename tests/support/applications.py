"""The form by which somebody becomes a mentor, as its page sends it."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.support.uploads import upload


def scan(content: bytes = b"%PDF-1.7 a scan", name: str = "scan.pdf") -> SimpleUploadedFile:
    return upload(content, name, "application/pdf")


def application(_: Any = None, **changes: Any) -> dict[str, Any]:
    """Multipart: lists are JSON text, numbers may be ranges. None takes a field out."""
    form = {
        "firstName": "Grace",
        "lastName": "Hopper",
        "email": "grace@example.com",
        "phone": "+14155550123",
        "city": "New York",
        "state": "NY",
        "country": "US",
        "currentTitle": "Engineer",
        "currentCompany": "Navy",
        "university": "Yale",
        "degree": "PhD",
        "experienceYears": "3-5",
        "bio": "I have taught people to talk to machines for years.",
        "linkedinUrl": "https://www.linkedin.com/in/grace",
        "subjectsToTeach": '["Mathematics", "Compilers"]',
        "studentLevels": '["College"]',
        "languagesSpoken": '["English", {"language": "es", "level": "B2"}]',
        "hourlyRate": "500-1000",
        "agreeToTerms": "true",
        "agreeToBackground": "true",
        "resume": scan(name="resume.pdf"),
        "degreeProof": scan(name="degree.pdf"),
        "idProof": scan(name="passport.pdf"),
    }
    return {name: value for name, value in (form | changes).items() if value is not None}
