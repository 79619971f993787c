#!/usr/bin/env bash
# The emulators of stores from npm, pinned by their lock file, for tests/stores. Skips what is there.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../tests/stores/servers/node"
if [ ! -f node_modules/.complete ] || [ package-lock.json -nt node_modules/.complete ]; then
  echo "npm: emulators of stores (400 MB)"
  npm ci --no-audit --no-fund --ignore-scripts --loglevel=error >/dev/null
  touch node_modules/.complete
fi
