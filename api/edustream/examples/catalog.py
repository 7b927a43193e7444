"""Subjects, and what the world has agreed on."""

from typing import Any

SUBJECT = {
    "id": 1,
    "name": "Mathematics",
    "category": "STEM",
    "description": "All math topics from basic to advanced",
}
NEW_SUBJECT = {"name": "Advanced Physics", "category": "STEM", "description": "University-level physics"}

EXAMPLES: dict[str, dict[Any, Any]] = {
    "GET /api/subjects": {200: [SUBJECT]},
    "POST /api/subjects": {"request": NEW_SUBJECT, 201: {"id": 2} | NEW_SUBJECT},
    "PUT /api/subjects/{id}": {"request": {"name": "Maths"}, 200: SUBJECT | {"name": "Maths"}},
    "GET /api/utils/countries": {
        200: [{"code": "GB", "name": "United Kingdom"}, {"code": "US", "name": "United States"}]
    },
    "GET /api/utils/languages": {200: [{"code": "en", "name": "English"}, {"code": "es", "name": "Spanish"}]},
    "GET /api/utils/proficiency-levels": {200: ["Beginner", "Intermediate", "Advanced", "Native"]},
    "GET /api/utils/phone-codes": {
        200: [{"country": "United Kingdom", "code": "+44"}, {"country": "United States", "code": "+1"}]
    },
}
