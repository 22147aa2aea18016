# Prometheus of Debian's packages, for compose.yaml where its own image cannot be had: PROMETHEUS_IMAGE=localhost/scanward-prometheus
ARG BASE_IMAGE=debian:trixie-slim
FROM ${BASE_IMAGE}
RUN apt-get update -q \
  && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends prometheus \
  && rm -rf /var/lib/apt/lists/*
ENTRYPOINT ["/usr/bin/prometheus"]
