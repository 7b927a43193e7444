"""Text as a set of words, for comparing what students and tutors say."""

import re
from sys import intern

from accounts.services.listing import plain

# Shorter ones are mostly about nothing.
SHORTEST = 3
# What is written after so much of a text is not looked at.
MOST_CHARACTERS = 4_000
_WORD = re.compile(rf"\w{{{SHORTEST},40}}")


def words_of(*texts: str) -> frozenset[str]:
    """The words of the texts in lower case, each once."""
    return frozenset(intern(word) for text in texts for word in _WORD.findall(plain(text[:MOST_CHARACTERS])))
