"""Heredocs: where one ends, and what it says; source: hcl/scanner/scanner.go, hcl/token/token.go."""

from scanner.hcl.source import Source
from scanner.hcl.tokens import identifier_end, is_letter

_BLANK = " \t\n\v\f\r"


def heredoc_end(source: Source, start: int) -> int:
    """Return where the heredoc that begins at `start` with `<` ends: after the line of its closing anchor.

    Raises HclError where the anchor is missing, or the closing one.
    """
    text = source.text
    anchor_start = start + 3 if text.startswith("<<-", start) else start + 2
    if not text.startswith("<<", start):
        raise source.fault(start, "a heredoc, which begins with '<<'")
    anchor_end = _anchor_end(text, anchor_start)
    if anchor_end == anchor_start or text[anchor_end : anchor_end + 1] != "\n":
        raise source.fault(start, "a heredoc's anchor of letters and digits, alone in its line")
    return _closing_end(source, start, text[anchor_start:anchor_end], anchor_end - start - 2)


def _anchor_end(text: str, start: int) -> int:
    if start < len(text) and (is_letter(text[start]) or text[start].isdecimal()):
        return identifier_end(text, start, "")
    return start


def _closing_end(source: Source, start: int, anchor: str, least: int) -> int:
    # `least`: after `<<-` Consul's reader counts the "-" too, so that a closing anchor that is not indented closes not.
    least_bytes = least - len(anchor) + len(anchor.encode())
    line_start = source.text.index("\n", start) + 1
    while (line_end := source.text.find("\n", line_start)) >= 0:
        line = source.text[line_start:line_end]
        if line.lstrip(_BLANK).rstrip("\r") == anchor and len(line.encode()) >= least_bytes:
            return line_end + 1
        line_start = line_end + 1
    raise source.fault(start, f"a line with {anchor} alone, and a line end after it", "a heredoc that does not end")


def heredoc_text(raw: str) -> str:
    """Return the content of a heredoc, which is given as written from `<<` to the end of its last line.

    Consul's reader counts bytes back from the end: what indents the closing anchor belongs to the content, unless
    `<<-` asks to take it away from every line and every line has it.
    """
    written = raw.encode()
    header = written.index(b"\n")
    if written[2:3] != b"-":
        return _text(written[header + 1 : len(written) - header + 1])
    lines = _text(written[header + 1 : len(written) - header + 2]).split("\n")
    indent = lines[-1]
    if all(line.startswith(indent) for line in lines):
        return "\n".join([*(line.removeprefix(indent) for line in lines[:-1]), ""])
    return _text(written[header + 1 : len(written) - header + 1]).rstrip(" \t")


def _text(content: bytes) -> str:
    return content.decode("utf-8", "surrogateescape")
