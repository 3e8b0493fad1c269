"""A subject is named by its kind and its real names."""

import pytest

from scanner.publish.wording import subject_label
from tests.unit.publish.builders import subject


@pytest.mark.parametrize(
    ("rule", "fields", "label"),
    [
        ("MGP-301", {}, "cluster dc1"),
        ("MGP-204", {}, "gateway mesh-gateway"),
        ("MGP-204", {"partition": "team", "namespace": "web"}, "gateway team/web/mesh-gateway"),
        ("MGP-406", {}, "peering to-dc2 (peer dc2)"),
        ("MGP-303", {}, "pair dc1 -> dc2"),
        ("MGP-303", {"peer": None}, "pair dc1 to dc2"),
        ("MGP-101", {"name": ""}, "server dc1-server"),
        ("MGP-204", {"name": "a\nb", "partition": "\x1b[1m"}, r"gateway \x1b[1m/a\nb"),
    ],
)
def test_labels_a_subject(rule: str, fields: dict[str, str | None], label: str) -> None:
    assert subject_label(subject(rule, "dc1", **fields)) == label
