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
verdicts contains verdict if {
	some id, meta in input.catalogue
	fault := _fault[id]
	verdict := _verdict(id, "error", subjects.of_rule(id, meta), {"message": meta.title, "error": fault})
}

verdicts contains verdict if {
	some id, meta in input.catalogue
	some cluster, sections in _blocked[id]
	fields := {"message": meta.title, "needed": _needed(cluster, sections)}
	verdict := _verdict(id, _blocked_status(sections), subjects.of_cluster(cluster), fields)
}

verdicts contains verdict if {
	some id, meta in input.catalogue
	not _fault[id]
	some cluster in (_clusters - (object.keys(_blocked[id]) | _clusters_with_subject[id]))
	verdict := _verdict(id, "not_applicable", subjects.of_cluster(cluster), {"message": meta.not_applicable})
}

verdicts contains verdict if {
	some id, meta in input.catalogue
	meta.two_sided
	count(_blocked[id]) > 0
	some judged in _said[id].subject
	not _blocked[id][judged.cluster]
	sections := _blocked[id][judged.peer]
	fields := {"message": meta.title, "needed": _needed(judged.peer, sections)}
	verdict := _verdict(id, _blocked_status(sections), judged, fields)
}

verdicts contains verdict if {
	some id, _ in input.catalogue
	open := _open[id]
	some violation in _said[id].violation
	violation.subject in open
	verdict := _verdict(id, "fail", violation.subject, object.remove(violation, ["subject"]))
}

verdicts contains verdict if {
	some id, meta in input.catalogue
	open := _open[id] - _said[id].failing
	some unverifiable in _said[id].unverifiable
	unverifiable.subject in open
	fields := {"message": meta.title, "needed": unverifiable.needed}
	verdict := _verdict(id, "unknown", unverifiable.subject, fields)
}

verdicts contains verdict if {
	some id, meta in input.catalogue
	some judged in ((_open[id] - _said[id].failing) - _said[id].unproven)
	verdict := _verdict(id, "pass", judged, {"message": meta.title})
}

_said := {id: said |
	some id, rule in _asked
	judged := rule.subject

	# Taken as it is: where an engine lost it, nothing is said, which is an error; an empty set would be a pass.
	violation := rule.violation
	unverifiable := {u | some u in rule.unverifiable}
	said := {
		"subject": judged,
		"violation": violation,
		"unverifiable": unverifiable,
		"failing": {v.subject | some v in violation},
		"unproven": {u.subject | some u in unverifiable},
	}
}

# At each lookup by a name that it learns late regorus evaluates all that is loaded: where that is the catalogue alone,
# it is taken once. Elsewhere a rule that nobody asked for must not be evaluated, as it may err or never end.
_asked := {id: rule | some id, meta in input.catalogue; rule := _rules[meta.group][meta.name]} if {
	input.only_catalogue_loaded
} else := {id: rule | some id, meta in input.catalogue; rule := data.compliance.rules[meta.group][meta.name]}

_rules := data.compliance.rules

_fault := object.union(
	{id: "the rule is not loaded, or says nothing about its subjects" | some id, _ in input.catalogue; not _said[id]},
	{id: fault | some id, said in _said; fault := _fault_of(said)},
)

_fault_of(said) := "the rule gives more than one answer for a subject" if {
	count(said.violation) + count(said.unverifiable) > count(said.failing) + count(said.unproven)
} else := "the rule judges what is none of its subjects" if {
	count((said.failing | said.unproven) - said.subject) > 0
}

# The subjects that the rule's own answer decides: those of clusters (both, of a pair) whose sections could be read.
_open := {id: _readable(id, said.subject) |
	some id, said in _said
	not _fault[id]
}

_readable(id, judged) := judged if {
	count(_blocked[id]) == 0
} else := {s | some s in judged; count(_clusters_of(id, s) & object.keys(_blocked[id])) == 0}

_clusters_with_subject := {id: _held(id, said) | some id, said in _said}

_held(id, said) := {s.cluster | some s in said.subject} | {s.peer | some s in said.subject} if {
	input.catalogue[id].two_sided
} else := {s.cluster | some s in said.subject}

_clusters_of(id, judged) := both if {
	input.catalogue[id].two_sided
	both := {judged.cluster, judged.peer}
} else := {judged.cluster}

_blocked := {id: {cluster: sections |
	some cluster, unread in _unread
	sections := {section: unread[section] | some section in meta.needs}
	count(sections) > 0
} |
	some id, meta in input.catalogue
}

_unread := {cluster: unread |
	some cluster, state in input.clusters
	unread := {section: read | some section, read in state.collection; read.status != "ok"}
	count(unread) > 0
}

# What Consul does not have at all makes a rule inapplicable there; everything else that hides a section, unknown.
_blocked_status(sections) := "not_applicable" if {
	some section in sections
	section.status in {"disabled", "unsupported"}
} else := "unknown"

# A cluster that gave no answer at all has one reason, whatever a rule needs of it.
_needed(cluster, sections) := text if {
	access := input.clusters[cluster].collection.access
	access.status == "error"
	text := sprintf("a reading of %s: %s", [cluster, access.detail])
} else := concat("; ", sort({text |
	some section in sections
	names := sort([name | some name, other in sections; other.detail == section.detail])
	text := sprintf("%s of %s: %s", [concat(", ", names), cluster, section.detail])
}))

_verdict(id, status, judged, fields) := object.union(
	{
		"rule": id,
		"status": status,
		"subject": judged,
		"message": null,
		"evidence": {},
		"remedy": null,
		"needed": null,
		"error": null,
	},
	fields,
)

_clusters := object.keys(input.clusters)
