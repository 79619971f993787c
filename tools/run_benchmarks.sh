#!/usr/bin/env bash
# Every benchmark beside its alternative, in one run each; Markdown on standard output.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
ulimit -n "$(ulimit -Hn)"
echo "Recast $(build/release/bin/recastd --version | awk '{print $2}'), $(date -u +%F), $(nproc) cores, $(uname -r)"
status=0
# Debian's own: LibreOffice's bindings are for no other.
[ $# -gt 0 ] || set -- office engines images media jobs transfer stores soak
for name in "$@"; do /usr/bin/python3 "bench/$name.py" || { echo "bench/$name.py failed" >&2; status=1; }; done
exit $status
