#!/usr/bin/env bash
# Writes random contacts with real programs and libraries, reads them back, and shows the differences as a table.
#
#   tests/writers/run.sh [WORD]     all writers, or those with the word in their name
#
# What is on the machine is used; what is not is said and left out. INSTALL=1 installs the packages of Debian (as root).
# Packages of PyPI are installed into a temporary folder, which is removed at the end; KEEP=FOLDER uses that folder, and
# keeps it for the next time. SEED=N takes other contacts. It ends with 1 where something was read otherwise than it was
# written.
set -uo pipefail
# shellcheck source=tests/scratch.sh
. "$(dirname "$0")/../scratch.sh"

if [ "${INSTALL:-}" = 1 ]; then
  apt-get update -qq
  for package in libreoffice-calc gnumeric miller jq sqlite3 postgresql php-cli php-mbstring php-sabre-vobject \
    default-jdk-headless libez-vcard-java libvinnie-java libjackson2-core-java; do
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$package" >/dev/null ||
      echo "not to be had: $package of Debian"
  done
fi
if [ ! -x "$work/python/bin/pip" ]; then
  python3 -m venv "$work/python"
  for package in pandas openpyxl xlsxwriter xlwt lxml odfpy vobject; do
    "$work/python/bin/pip" -q install "$package" || echo "not to be had: $package of PyPI"
  done
fi
export PYTHONDONTWRITEBYTECODE=1
"$work/python/bin/python" "$here/run.py" "$program" "$work" "${1:-}"
