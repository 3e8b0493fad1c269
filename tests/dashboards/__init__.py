"""What is shipped for Grafana, Prometheus and Alertmanager."""
