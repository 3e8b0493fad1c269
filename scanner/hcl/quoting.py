"""What a quoted string says, in HCL and in JSON; source: hcl/strconv/quote.go and Go's strconv.Unquote."""

import re
from itertools import accumulate, tee

from scanner.hcl.tokens import ESCAPE

_SIMPLE = {"a": 7, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11, "\\": 92, '"': 34}
_PIECE = re.compile(rf"(?P<escape>{ESCAPE})|(?P<opened>\$\{{)|(?P<plain>[^\\$]+|\$)")
_BRACE = re.compile(r"[{}]")
_SURROGATES = range(0xD800, 0xE000)
_LAST_BYTE = 0xFF
_LAST_RUNE = 0x10FFFF
_REPLACEMENT = "\ufffd"


def unquote(raw: str, *, in_json: bool) -> str:
    """Return the content of a string that a lexer has let through, quotes included.

    Bytes that are no UTF-8 become lone surrogates (`surrogateescape`). In HCL what stands in `${…}` is kept as written.
    Raises ValueError, which names what an escape should have been.
    """
    body = raw[1:-1]
    if "\\" not in body and ("$" not in body or in_json):
        return body
    content, at = bytearray(), 0
    while piece := _PIECE.match(body, at):
        at = _interpolation_end(body, at) if piece["opened"] and not in_json else piece.end()
        content += (
            _escaped(piece["escape"][1:], in_json=in_json) if piece["escape"] else body[piece.start() : at].encode()
        )
    return content.decode("utf-8", "surrogateescape")


def _interpolation_end(body: str, start: int) -> int:
    braces = tee(_BRACE.finditer(body, start))
    depths = accumulate(1 if brace[0] == "{" else -1 for brace in braces[0])
    # There is an end: the scanner counts the same braces to find that of the string.
    end: int = next(brace.end() for brace, depth in zip(braces[1], depths, strict=True) if depth == 0)
    if _REPLACEMENT in body[start:end]:
        raise ValueError("no replacement character in '${…}'")
    return end


def _escaped(escape: str, *, in_json: bool) -> bytes:
    if escape in _SIMPLE:
        return bytes([_SIMPLE[escape]])
    if escape[0] == "x":
        return bytes([int(escape[1:], 16)])
    if escape[0] in "uU":
        return _rune(int(escape[1:], 16), in_json=in_json)
    if (value := int(escape, 8)) > _LAST_BYTE:
        raise ValueError("octal escapes up to \\377")
    return bytes([value])


def _rune(value: int, *, in_json: bool) -> bytes:
    # HCL's own reader keeps the number in 32 bits with a sign: what is negative passes and is cut to a byte.
    if value >> 31 and not in_json:
        return bytes([value & _LAST_BYTE])
    if value > _LAST_RUNE or (value in _SURROGATES and in_json):
        raise ValueError("escapes of characters that exist")
    return (_REPLACEMENT if value in _SURROGATES else chr(value)).encode()
