"""Text -> tree: the door of this package."""

from scanner.errors import HclError
from scanner.hcl.json_parser import parse_json
from scanner.hcl.limits import check_size
from scanner.hcl.parser import parse_hcl
from scanner.hcl.source import Source, source_of
from scanner.hcl.tree import Document

# Its own reader refuses them wherever they stand: the one ends a text, the other marks an error inside it.
_FORBIDDEN = ("\0", "\ue123")


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
    _check_characters(source, () if in_json else _FORBIDDEN)
    return parse_json(source) if in_json else parse_hcl(source, strict=strict)


def _check_characters(source: Source, forbidden: tuple[str, ...]) -> None:
    try:
        source.text.encode()
    except UnicodeEncodeError as fault:
        raise source.fault(fault.start, "characters of Unicode, no halves of them") from None
    for character in forbidden:
        if (offset := source.text.find(character)) >= 0:
            raise _reserved(source, offset)


def _reserved(source: Source, offset: int) -> HclError:
    return source.fault(offset, "a character that Consul's reader does not keep for itself")
