"""What the agent that answers says of itself: the Envoy versions that its Consul supports (facts 8.1)."""

from scanner.collect.client import ConsulClient, Mark
from scanner.collect.spelling import core_version
from scanner.model.document import Json

PATH = "/v1/agent/self"


def read_own_agent(client: ConsulClient) -> tuple[Json, Mark]:
    """Return {"supported_envoy": {consul version: [minors]}}; every patch of a minor is supported.

    Nothing else of the answer is kept: it holds the agent's whole configuration.

    Raises:
        CallError: no usable answer, mostly because the token lacks agent:read, which it need not have.
    """
    answer = client.read_object(PATH)
    version = core_version(answer.value.inner("Config").text("Version"))
    told = answer.value.inner("xDS").inner("SupportedProxies").texts("envoy")
    minors = sorted({".".join(core.split(".")[:2]) for text in told if (core := core_version(text))})
    return {"supported_envoy": {version: minors} if version and minors else {}}, answer.mark
