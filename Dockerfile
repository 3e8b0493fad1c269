# syntax=docker/dockerfile:1
FROM python:3.13-slim-bookworm AS build
WORKDIR /src
COPY requirements/run.txt requirements/run.txt
RUN python -m venv /opt/consul-scan \
 && /opt/consul-scan/bin/pip install --no-cache-dir --require-hashes --no-deps -r requirements/run.txt
COPY pyproject.toml README.md LICENSE ./
COPY policies policies
COPY tests/data tests/data
COPY scanner scanner
RUN /opt/consul-scan/bin/pip install --no-cache-dir --no-deps . \
 && /opt/consul-scan/bin/pip check

FROM python:3.13-slim-bookworm
LABEL org.opencontainers.image.title="consul-scan" \
      org.opencontainers.image.description="Judges peered Consul clusters: control-plane traffic through mesh gateways" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin consul-scan \
 && install -d -m 0700 -o 10001 /var/lib/consul-scan
COPY --from=build /opt/consul-scan /opt/consul-scan
ENV PATH=/opt/consul-scan/bin:$PATH PYTHONUNBUFFERED=1
USER 10001
# Mount the config file, token files and CAs below /etc/consul-scan, read-only. `serve` writes its store and nothing else;
# a volume at /var/lib/consul-scan keeps it.
WORKDIR /etc/consul-scan
EXPOSE 9118
ENTRYPOINT ["consul-scan"]
CMD ["audit", "--config", "/etc/consul-scan/consul-scan.yaml"]
