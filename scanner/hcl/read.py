"""Text -> tree: the door of this package."""

from scanner.hcl.json_parser import parse_json
from scanner.hcl.limits import check_size
from scanner.hcl.parser import parse_hcl
from scanner.hcl.source import Source, source_of
from scanner.hcl.tree import Document

# In HCL Consul refuses both wherever they stand: to its reader the one is the end, the other an error.
_RESERVED = ("\0", "\ue123")


def read(text: str, *, strict: bool = True) -> Document:
    """Read HCL 1, or JSON where the first character is `{`, as Consul reads it.

    `strict` refuses a key that an HCL object assigns twice with `=`, which is what Consul 1.22 does with new texts.
    Stored ones it reads without. JSON may always repeat keys.

    Raises HclError for what Consul refuses, and beyond that for texts of more than `limits.MAX_CHARACTERS` or deeper
    than `limits.MAX_DEPTH`.
    """
    check_size(text)
    in_json = text.lstrip(" \t\r\n").startswith("{")
    # The line ends of Windows: HCL's reader knows one sort only, JSON's takes both for white space.
    source = source_of(text if in_json else text.replace("\r\n", "\n"))
    _check_characters(source)
    if in_json:
        return parse_json(source)
    _check_reserved(source)
    return parse_hcl(source, strict=strict)


def _check_characters(source: Source) -> None:
    try:
        source.text.encode()
    except UnicodeEncodeError as fault:
        raise source.fault(fault.start, "characters of Unicode, no halves of them") from None


def _check_reserved(source: Source) -> None:
    for character in _RESERVED:
        if (offset := source.text.find(character)) >= 0:
            raise source.fault(offset, "a character that Consul's reader does not keep for itself")
