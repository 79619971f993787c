#!/usr/bin/env bash
# The official clients from npm, unmodified, for tests/sdk, and libraries that tests there use, pinned by a lock file.
# Skips what is there.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../tests/sdk"
for folder in */; do
  [ -f "$folder/package.json" ] || continue
  if [ ! -f "$folder/node_modules/.complete" ] || [ "$folder/package.json" -nt "$folder/node_modules/.complete" ]; then
    echo "npm: $folder"
    how=(install --no-package-lock)
    if [ -f "$folder/package-lock.json" ]; then how=(ci); fi
    (cd "$folder" && npm "${how[@]}" --no-audit --no-fund --ignore-scripts --loglevel=error >/dev/null && mkdir -p node_modules && touch node_modules/.complete)
  fi
done
