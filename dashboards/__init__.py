"""Builds what Grafana is given: a dashboard, and its form of the Prometheus alerts. `make dashboards` writes both."""
