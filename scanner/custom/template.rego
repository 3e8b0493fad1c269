# METADATA
# title: Each cluster has enough servers
# description: Each cluster of the scan has at least as many servers as the parameter minimum_servers says.
# custom:
#   id: @ID@
#   severity: low
#   document: []
#   needs: [servers]
#   judges: {kind: cluster, two_sided: false}
#   not_applicable: every scan has clusters, so this is never said
#   in_consul: Consul works with one server, which is gone when its machine is; three outlive the loss of one.
#   mend: text
#   parameters:
#   - {name: minimum_servers, type: integer, default: 1, meaning: how many servers a cluster has at least}
package compliance.rules.@GROUP@.@NAME@

import data.compliance.lib.subjects

_minimum := input.catalogue["@ID@"].parameters.minimum_servers

subject contains s if {
	some name, _ in input.clusters
	s := subjects.of_cluster(name)
}

violation contains v if {
	some judged in subject
	servers := count(input.clusters[judged.id].servers)
	servers < _minimum
	v := {
		"subject": judged,
		"message": sprintf("%s has %d servers, fewer than %d", [judged.name, servers, _minimum]),
		"evidence": {"servers": servers, "minimum": _minimum},
		"remedy": {"text": sprintf("Add servers to %s.", [judged.name]), "steps": []},
	}
}
