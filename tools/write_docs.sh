#!/usr/bin/env bash
# Writes the pages of docs/ that are made from field tables: settings.md and operations.md, and the manual page.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
bin=${RECAST_BINARIES:-build/release/bin}
{ echo "# Settings"; echo; echo "Made by \`./dev docs\` from the settings tables. A setting \`name\` of section \`[section]\` is also"
  echo "\`RECAST_SECTION_NAME\` in the environment and \`--section.name\` as a flag; flags win over the environment, that over the file."; echo
  "$bin/recastd" --settings-reference; } >docs/settings.md
{ echo "# Operations and engines"; echo; echo "Made by \`./dev docs\`: what a server with every engine of this build can do."; echo
  echo '```'; "$bin/recast" operations; echo '```'; } >docs/operations.md
python3 tools/write_manual.py "$bin/recast" >packaging/recast.1
echo "written: docs/settings.md docs/operations.md packaging/recast.1"
