# METADATA
# title: The one entry point
# description: >-
#   Folds what each rule of `input.catalogue` says into one verdict per rule and subject. It alone decides what a
#   section that could not be read means, so no rule can pass by blindness.
package compliance.main

import data.compliance.lib.subjects

# METADATA
# title: Verdicts
# description: Every verdict of every rule in the catalogue; scanner/schemas/verdicts.json has their shape.
# entrypoint: true
verdicts contains _verdict(id, "error", subjects.of_rule(id, meta), {"message": meta.title, "error": fault}) if {
	some id, meta in input.catalogue
	fault := _fault[id]
}

verdicts contains _verdict(id, _blocked_status(sections), subjects.of_cluster(cluster), fields) if {
	some id, meta in input.catalogue
	some cluster, sections in _blocked[id]
	fields := {"message": meta.title, "needed": _needed(cluster, sections)}
}

verdicts contains _verdict(id, "not_applicable", subjects.of_cluster(cluster), {"message": meta.not_applicable}) if {
	some id, meta in input.catalogue
	not _fault[id]
	some cluster, _ in input.clusters
	not _blocked[id][cluster]
	not cluster in _clusters_with_subject[id]
}

verdicts contains _verdict(id, _blocked_status(sections), judged, fields) if {
	some id, meta in input.catalogue
	some judged in _said[id].subject
	meta.two_sided
	not _blocked[id][judged.cluster]
	sections := _blocked[id][judged.peer]
	fields := {"message": meta.title, "needed": _needed(judged.peer, sections)}
}

verdicts contains _verdict(id, "fail", violation.subject, object.remove(violation, ["subject"])) if {
	some id, _ in input.catalogue
	some violation in _said[id].violation
	violation.subject in _open[id]
}

verdicts contains _verdict(id, "unknown", unverifiable.subject, fields) if {
	some id, meta in input.catalogue
	some unverifiable in _said[id].unverifiable
	unverifiable.subject in (_open[id] - _said[id].failing)
	fields := {"message": meta.title, "needed": unverifiable.needed}
}

verdicts contains _verdict(id, "pass", judged, {"message": meta.title}) if {
	some id, meta in input.catalogue
	some judged in ((_open[id] - _said[id].failing) - _said[id].unproven)
}

_said := {id: said |
	some id, meta in input.catalogue
	violation := {v | some v in data.compliance.rules[meta.group][meta.name].violation}
	unverifiable := {u | some u in data.compliance.rules[meta.group][meta.name].unverifiable}
	said := {
		"subject": {s | some s in data.compliance.rules[meta.group][meta.name].subject},
		"violation": violation,
		"unverifiable": unverifiable,
		"failing": {v.subject | some v in violation},
		"unproven": {u.subject | some u in unverifiable},
	}
}

_loaded := {id | some id, meta in input.catalogue; data.compliance.rules[meta.group][meta.name].subject}

_fault := {id: fault | some id, said in _said; fault := _fault_of(id, said)}

_fault_of(id, said) := "the rule is not loaded, or says nothing about its subjects" if {
	not id in _loaded
} else := "the rule gives more than one answer for a subject" if {
	count(said.violation) + count(said.unverifiable) > count(said.failing) + count(said.unproven)
} else := "the rule judges what is none of its subjects" if {
	count((said.failing | said.unproven) - said.subject) > 0
}

# The subjects that the rule's own answer decides: those of clusters (both, of a pair) whose sections could be read.
_open := {id: {s | some s in said.subject; _readable(id, s)} |
	some id, said in _said
	not _fault[id]
}

_readable(id, judged) if count(_clusters_of(id, judged) & object.keys(_blocked[id])) == 0

_clusters_with_subject := {id: {c | some s in said.subject; some c in _clusters_of(id, s)} | some id, said in _said}

_clusters_of(id, judged) := {judged.cluster, judged.peer} if {
	input.catalogue[id].two_sided
} else := {judged.cluster}

_blocked := {id: {cluster: sections |
	some cluster, state in input.clusters
	sections := {s: state.collection[s] | some s in meta.needs; state.collection[s].status != "ok"}
	count(sections) > 0
} |
	some id, meta in input.catalogue
}

# What Consul does not have at all makes a rule inapplicable there; everything else that hides a section, unknown.
_blocked_status(sections) := "not_applicable" if {
	some section in sections
	section.status in {"disabled", "unsupported"}
} else := "unknown"

# A cluster that gave no answer at all has one reason, whatever a rule needs of it.
_needed(cluster, sections) := sprintf("a reading of %s: %s", [cluster, access.detail]) if {
	access := input.clusters[cluster].collection.access
	access.status == "error"
} else := concat("; ", sort({text |
	some section in sections
	names := sort([name | some name, other in sections; other.detail == section.detail])
	text := sprintf("%s of %s: %s", [concat(", ", names), cluster, section.detail])
}))

_verdict(id, status, judged, fields) := {
	"rule": id,
	"status": status,
	"subject": judged,
	"message": object.get(fields, "message", null),
	"evidence": object.get(fields, "evidence", {}),
	"remedy": object.get(fields, "remedy", null),
	"needed": object.get(fields, "needed", null),
	"error": object.get(fields, "error", null),
}
