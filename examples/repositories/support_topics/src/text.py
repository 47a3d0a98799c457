import re
import unicodedata

STOP_WORDS = ["the", "a", "my", "is", "and", "to", "please"]

NUMBER = re.compile(r"\d+([.,]\d+)*")
MARKUP = re.compile(r"<[^>]+>")
SPACE = re.compile(r"\s+")


def clean(text):
    text = unicodedata.normalize("NFKC", text).lower()
    text = MARKUP.sub(" ", text)
    text = NUMBER.sub(" number ", text)
    return SPACE.sub(" ", text).strip()
