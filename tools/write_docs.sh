#!/usr/bin/env bash
# Writes the pages of docs/ that are made from tables: settings.md, operations.md and formats.md, and the manual page.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
bin=${RECAST_BINARIES:-build/release/bin}
{ echo "# Settings"; echo; echo "Made by \`./dev docs\` from the settings tables. A setting \`name\` of section \`[section]\` is also"
  echo "\`RECAST_SECTION_NAME\` in the environment and \`--section.name\` as a flag; flags win over the environment, that over the file."; echo
  "$bin/recastd" --settings-reference; } >docs/settings.md
{ echo "# Import and export"; echo; echo "Made by \`./dev docs\` from the field tables: every option of every task that brings files in or out. How they work together is in"
  echo "[stores](stores.md)."; echo; "$bin/recastd" --import-export-reference; } >docs/import-export.md
{ echo "# Operations and engines"; echo; echo "Made by \`./dev docs\`: what a server with every engine of this build can do."; echo
  echo '```'; "$bin/recast" operations; echo '```'; } >docs/operations.md
{ echo "# Formats"; echo; echo "Made by \`./dev docs\`: every format that CloudConvert names, on a server with all engines of this build. A format that is"
  echo "read can be converted to what \`recast operations --from FORMAT\` lists; what else is known of results is in"
  echo "[known limits](known-limits.md)."; echo; "$bin/recast" formats; } >docs/formats.md
python3 tools/write_manual.py "$bin/recast" >packaging/recast.1
echo "written: docs/settings.md docs/import-export.md docs/operations.md docs/formats.md packaging/recast.1"
