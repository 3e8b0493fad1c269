"""Names that attack a format, and results in which everything that a cluster chooses is one of them."""

from scanner.model.document import Json
from tests.unit.publish.builders import cause, cluster, document, passing, result, section, subject

HOSTILE = {
    "terminal": "gw\x1b[2J\x1b]0;owned\x07\x1b[31m",
    "control": "".join(map(chr, [*range(32), 127, *range(128, 160)])),
    "line breaks": "a\nb\r\nc\rd\x0be\x0cf\x1cg\x85h\u2028i\u2029j",
    "right to left": "gnp.\u202eexe\u2066\u2069\u200f\u200b\ufeff",
    "surrogate": "a\ud800b\udc00",
    "no characters": "\ufffe\uffff\U0001fffe",
    "html": "<script>alert(1)</script><img src=x onerror=y><!-- --> &lt;b&gt; &#60;",
    "xml": "]]><failure/>&e;<![CDATA[<?pi?>",
    "link": "[a](http://evil.example) ![b](http://evil.example/p.png) <http://evil.example> www.evil.example",
    "link reference": "[a][b]\n\n[b]: http://evil.example",
    "heading": "\n# Heading\n\n===\n---\n",
    "table": "a | b \\| c || |",
    "backticks": "` `` ``` ```` a`b``c",
    "only backticks": "```",
    "fence": "\n```\n# out\n~~~\n````\n",
    "list": "- [ ] a\n* b\n1. c\n> d\n",
    "emphasis": "*a* **b** __c__ ~~d~~ \\ $x$ $`y`$ :tada:",
    "mention": "@org/team @user #1 !2 GH-3 %4 ~label owner/repo#5 a@b.example 0123456789abcdef0123456789abcdef01234567",
    "workflow command": "::error::own ::add-mask::x",
    "workflow command on a line": "a\n::stop-commands::token\n::set-output name=x::y",
    "long words and a workflow command": f"{'x' * 45} ::set-output name=x::y {'y' * 200}::error::z",
    "old workflow command": "##[error]own ##vso[task.setvariable variable=x]y ##teamcity[z] ###[group]",
    "percent": "%0A::error::x%25%3A%2C%",
    "placeholder": "{0} {1} {{x}} }{",
    "rich markup": "[red]x[/red] [link=http://evil.example]y[/link] :warning:",
    "formula": "=1+1",
    "shell": "$(reboot) `reboot` '; reboot #",
    "path": "../../etc/passwd",
    "dots": "..",
    "blank": "  ",
    "backslash": "\\",
    "long": "x" * 10_000,
    "long and wide": "界" * 10_000,
}


def poisoned(text: str) -> Json:
    """Return results of every kind, in which `text` is each name, message and detail."""
    judged = {"name": text, "id": text, "peer": text, "partition": text, "namespace": text}
    failing = [
        result("MGP-204", "dc1", "fail", message=text, evidence={text: [text]}, remediation=_mend(text)),
        result("MGP-406", "dc1", "fail", message=text, caused_by=[cause("MGP-204", "dc1") | {"id": text}]),
        result("MGP-702", "dc1", "fail", message=text, caused_by=[cause("MGP-201", "dc1") | {"cluster": text}]),
        result("MGP-501", "dc1", "fail", message=text, waived_by=text, waiver=_waiver(text)),
    ]
    unsettled = [
        result("MGP-101", "dc1", "unknown", needed=text, message=text),
        result("MGP-303", "dc1", "unknown", needed=text, message=f"{text} of a pair"),
        result("MGP-404", "dc1", "error", error=text),
        result("MGP-301", "dc1", "not_applicable", message=text),
        result("MGP-201", "dc1"),
    ]
    poison = [given | {"subject": subject(given["rule"], "dc1", **judged)} for given in (*failing, *unsettled)]
    elsewhere = result("MGP-301", "dc2", "fail", message=text)
    elsewhere["subject"] |= {"cluster": text}
    results = [*poison, elsewhere, *passing()]
    read = {"gateways": section("error", text, (text,)), "agents": section("denied", text, (text,))}
    partly = cluster(results, "dc1", "partial", **read)
    gone = cluster(results, "dc2", "unreachable", access=section("error", text))
    whole = document(results, 3, dc1=partly, **{text: gone})
    whole["scan"] |= {"id": text, "finished_at": text, "engine": {"name": "opa", "version": text}}
    whole["rules"] = {"MGP-204": {"title": text, "description": text, "in_consul": text}}
    gone = {"rule": text, "name": text, "severity": "low", "subject": subject("MGP-204", "dc1", **judged)}
    return whole | {"baseline": {"scan_id": text, "finished_at": text, "resolved": [gone]}}


def _waiver(text: str) -> Json:
    return dict.fromkeys(("id", "owner", "reason", "ticket", "expires"), text)


def _mend(text: str) -> Json:
    return {"text": f"Restart {text}", "commands": []}
