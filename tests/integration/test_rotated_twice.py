"""A dialer keeps the roots that its peer had when its leader began: after two rotations it cannot dial any more."""

import operator
import socket
import ssl
import time

import pytest
from cryptography.x509 import AuthorityKeyIdentifier, load_der_x509_certificate

from scanner.evaluate.engine import Engine
from scanner.evaluate.policies import PolicySet
from scanner.model.document import Json
from tests.playground import ClusterSpec, Playground, pair_spec, wait_until
from tests.playground.churn import rotate_roots
from tests.playground.peering import Peering
from tests.scanning import pair_snapshot, results

PATH_PROVEN = "MGP-405"
LOOKS_S = 6
"""A leader that was told of a change looks at its peerings at most this much later: its loop runs once in 5 s after a
burst (loopRateLimit in agent/consul/leader_connect.go). One that is cut just then it dials anew, with today's roots."""
REDIALS_S = 10
"""Long enough for several: the pause doubles from a second, and nothing was cut before."""


def signed_by(peering: Peering) -> str:
    """Give the id of the key that signed what the acceptor's servers show behind its gateway; empty while none do."""
    (address,) = peering.acceptor.advertised_addresses()
    host, _, port = address.rpartition(":")
    unchecked = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    unchecked.check_hostname, unchecked.verify_mode = False, ssl.CERT_NONE
    try:
        with (
            socket.create_connection((host, int(port)), timeout=5) as plain,
            unchecked.wrap_socket(plain, server_hostname=peering.server_name()) as secured,
        ):
            shown = load_der_x509_certificate(secured.getpeercert(binary_form=True) or b"")
    except OSError:
        # Its Envoy takes new routes at that moment.
        return ""
    signer = shown.extensions.get_extension_for_class(AuthorityKeyIdentifier).value.key_identifier or b""
    return signer.hex(":")


def rotated(peering: Peering) -> str:
    """Rotate the acceptor's CA; come back when the dialer was told of it, with the id of the key that signs now."""
    known = len(peering.at_dialer()["PeerCAPems"])
    rotate_roots(peering.acceptor)
    wait_until("the dialer is told", lambda: len(peering.at_dialer()["PeerCAPems"]), lambda seen: seen > known)
    roots = peering.acceptor.api("GET", "/v1/connect/ca/roots")
    (signing,) = [root["SigningKeyID"] for root in roots["Roots"] if root["ID"] == roots["ActiveRootID"]]
    return str(signing)


def of_dialer(found: Json, rule: str) -> Json:
    (result,) = [one for one in found["results"] if one["rule"] == rule and one["subject"]["cluster"] == "dc2"]
    return dict(result)


def cut_after_rotations(playground: Playground, engine: Engine, policies: PolicySet) -> Json:
    """Rotate the acceptor's CA twice, cut the stream, and judge what is left after some redials."""
    (peering,) = playground.peerings
    rotated(peering)
    signing = rotated(peering)
    wait_until("the servers show it", lambda: signed_by(peering), lambda seen: seen == signing)
    time.sleep(LOOKS_S)
    peering.acceptor.gateways[0].restart()
    time.sleep(REDIALS_S)
    return results(engine, policies, pair_snapshot(playground), {PATH_PROVEN})


@pytest.mark.integration
def test_a_dialer_needs_another_leader_after_two_rotations(
    playgrounds: type[Playground], embedded: Engine, policy_set: PolicySet
) -> None:
    with playgrounds(pair_spec(ClusterSpec("dc1"), ClusterSpec("dc2", on_disk=True))) as playground:
        (peering,) = playground.peerings
        cut = cut_after_rotations(playground, embedded, policy_set)

        (leader,) = peering.dialer.agents
        leader.kill()
        leader.start()
        wait_until("the leader is back", peering.dialer.missing_agents, operator.not_)
        playground.await_healthy()
        mended = results(embedded, policy_set, pair_snapshot(playground), {PATH_PROVEN})

    alive = of_dialer(cut, "MGP-406")
    assert (alive["status"], alive["message"]) == ("fail", "peering dc1 of dc2 is FAILING")
    assert "rotated twice" in alive["remediation"]["text"]
    assert of_dialer(cut, "MGP-502")["status"] == "pass"
    assert of_dialer(mended, "MGP-406")["status"] == "pass"
