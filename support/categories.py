"""What a ticket is about, guessed from its words where nobody has said it."""

import re

# The first that fits, most pressing first: who is threatened in a lesson writes about safety, not about a lesson.
_WORDS = {
    "safety": "safe|unsafe|safety|harass|threat|abuse|abusive|assault|danger|stalk|violen|emergency|police|weapon",
    "payment": "pay|payment|paid|refund|charge|invoice|card|payout|price|money|receipt",
    "account": "account|login|log in|password|e-?mail|verify|verification|profile|sign in|sign up|delete my",
    "booking": "book|booking|lesson|cancel|reschedul|session|no-?show|tutor did not|slot",
    "technical": "bug|error|crash|broken|does not work|doesn't work|not working|slow|screen|video|audio|camera|upload",
}
_PATTERNS = {category: re.compile(rf"\b(?:{words})", re.IGNORECASE) for category, words in _WORDS.items()}


def guess(text: str) -> str:
    """One of the categories; `other` where no word tells."""
    return next((category for category, pattern in _PATTERNS.items() if pattern.search(text)), "other")
