#!/usr/bin/env bash
# The OpenID Connect provider from npm, pinned by its lock file, for tests/login. Skips what is there.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../tests/login/provider"
if [ ! -f node_modules/.complete ] || [ package-lock.json -nt node_modules/.complete ]; then
  echo "npm: an OpenID Connect provider"
  npm ci --no-audit --no-fund --ignore-scripts --loglevel=error >/dev/null
  touch node_modules/.complete
fi
