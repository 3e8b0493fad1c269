"""`consul-scan policy`: the ACL policy of the scanner's own token. Nothing is asked of a cluster."""

from pathlib import Path

import click

from scanner.publish.output import write


@click.command()
@click.option("--acl", is_flag=True, help="Let it read ACLs too, for the rules about the gateways' tokens.")
@click.option("--enterprise", is_flag=True, help="For Consul Enterprise: all partitions and namespaces.")
def policy(*, acl: bool, enterprise: bool) -> int:
    """Print the least policy that the scanner's token needs.

    \b
    Examples:
      consul-scan policy | consul acl policy create -name consul-scan -rules -
      consul-scan policy --acl | consul acl policy create -name consul-scan -rules -
    """
    write(scanner_policy(acl=acl, enterprise=enterprise), "-")
    return 0


def scanner_policy(*, acl: bool = False, enterprise: bool = False) -> str:
    """Return the text of the policy as it is shipped: that of the edition, and what `acl` adds to either."""
    parts = ["enterprise.hcl" if enterprise else "scanner.hcl", *(["acl.hcl"] if acl else [])]
    return "".join((_folder() / part).read_text(encoding="utf-8") for part in parts)


def _folder() -> Path:
    """Return where the parts are: inside the wheel, or beside the package in a source tree."""
    package = Path(__file__).parent.parent
    inside = package / "policies" / "acl"
    return inside if inside.is_dir() else package.parent / "policies" / "acl"
