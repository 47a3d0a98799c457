"""The address of goldens that lie elsewhere: what it may hold, and what it is called on this machine's disk."""

from __future__ import annotations

import re

PROTOCOLS = ("file", "gs", "s3")
"""Where mlguard knows how to write a file only if there is none, of which every safe replacement is made."""

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://(.*)", re.DOTALL)
_PART = re.compile(r"[A-Za-z0-9_%~!'()+,=-][A-Za-z0-9_.%~!'()+,=-]*")
_USER = re.compile(r"://(?!/)\S*@")
_QUERY = re.compile(r"(://[^\s?]*)\?\S*")
_READABLE = 40


def is_url(text: str) -> bool:
    """Whether a text is meant as the address of a place that is no folder of this project."""
    return "://" in text


def what_is_wrong(url: str) -> str | None:
    """Why an address cannot be used, as the end of a sentence; None where it can.

    The sentence never repeats the address, which may hold a password.
    """
    match = _URL.fullmatch(url)
    if match is None:
        return "is no URL such as s3://bucket/folder"
    protocol, place = match[1], match[2]
    if "@" in place:
        return (
            "holds a user name or a password, and whoever reads the file would have it: leave all up to the @ out, and "
            "give credentials as the library of the protocol takes them (for s3, the variables and files of AWS)"
        )
    if protocol not in PROTOCOLS:
        return f"must begin with one of {', '.join(f'{one}://' for one in PROTOCOLS)}"
    parts = place.strip("/").split("/")
    if protocol == "file" and not place.startswith("/"):
        return "must name a folder from the root on, such as file:///mnt/goldens"
    if not all(_PART.fullmatch(part) or (protocol == "file" and re.fullmatch(r"[A-Za-z]:", part)) for part in parts):
        return "must be a bucket and plain folder names, without a port, `..`, blanks, `?` or `#`"
    return None


def plain_url(url: str) -> str:
    """The address as messages show it: without a slash at its end."""
    return url.rstrip("/")


def without_credentials(text: str) -> str:
    """A text whose URLs show no name, no password and no query, in which a token may stand.

    A password may hold what only ends one where it is spelled as URLs want it, such as `/` or `#`.
    """
    return _QUERY.sub(r"\1", _USER.sub("://", text))


def folder_for(url: str) -> str:
    """A folder name that no other address has; it begins with what can be read of this one."""
    import hashlib  # Late: most projects keep their goldens themselves.

    readable = re.sub(r"[^A-Za-z0-9]+", "-", plain_url(url)).strip("-")[:_READABLE]
    return f"{readable}-{hashlib.sha256(plain_url(url).encode()).hexdigest()[:10]}"
