# The attacker and the client of compose.yaml: Debian's nmap and curl, on the same base as Scanward's image.
ARG BASE_IMAGE=debian:trixie-slim
FROM ${BASE_IMAGE}
RUN apt-get update -q \
  && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends curl nmap \
  && rm -rf /var/lib/apt/lists/*
