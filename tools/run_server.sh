#!/usr/bin/env bash
# ./dev run: starts the built server, converts the sample through its API and says where things are.
set -euo pipefail
root=$(dirname "$(dirname "$(readlink -f "$0")")")
programs=$root/build/release/bin
data=${XDG_DATA_HOME:-$HOME/.local/share}/recast
config=${XDG_CONFIG_HOME:-$HOME/.config}/recast
port=8080
once=0
check=0

refuse() { echo "./dev run: $1" >&2; exit 2; }

while [ $# -gt 0 ]; do
  case $1 in
    --check) check=1 ;;
    --once) once=1 ;;
    --data) [ $# -gt 1 ] || refuse "--data needs a folder"; data=$(realpath -m "$2"); config=$data/client; shift ;;
    --port) [[ ${2:-} =~ ^[0-9]{1,5}$ ]] || refuse "--port needs a number"; port=$2; shift ;;
    --help | -h) echo "./dev run [--once] [--data DIR] [--port N] [-- OPTIONS OF RECASTD]; see ./dev"; exit 3 ;;
    --) shift; break ;;
    *) refuse "unknown option $1 (known: --once, --data DIR, --port N, -- OPTIONS OF RECASTD)" ;;
  esac
  shift
done
[ "$check" = 0 ] || exit 0
mkdir -p "$data" "$config"
chmod 700 "$config"
ports=$(mktemp) key_file=$(mktemp)
sync_port=0
[ "$port" = 0 ] || sync_port=$((port + 1))
"$programs/recastd" --data "$data" --server.port "$port" --server.sync_port "$sync_port" --server.port_file "$ports" \
  --first-key-file "$key_file" "$@" &
server=$!
stop() {
  kill -TERM "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
  rm -f "$ports" "$key_file"
}
trap stop EXIT
trap 'exit 130' INT TERM

for _ in $(seq 1200); do
  [ -s "$ports" ] && break
  kill -0 "$server" 2>/dev/null || { echo "The server did not start; see its messages above." >&2; exit 1; }
  sleep 0.1
done
[ -s "$ports" ] || { echo "The server did not answer within two minutes." >&2; exit 1; }
port=$(sed -n 1p "$ports")
sync_port=$(sed -n 2p "$ports")
url=http://127.0.0.1:$port

if [ -s "$key_file" ]; then
  umask 077
  printf 'url = "%s"\nkey = "%s"\n' "$url" "$(cat "$key_file")" >"$config/client.toml"
  echo
  echo "First start. API key of the user \"admin\" (kept for you in $config/client.toml, not shown again):"
  echo "  $(cat "$key_file")"
fi
key_kept() { sed -n 's/^key = "\(.*\)"/\1/p' "$config/client.toml" 2>/dev/null; }
is_good() { [ -n "$1" ] && "$programs/recast" keys list --server "$url" --key "$1" >/dev/null 2>&1; }
# The key that was kept may be of other data, or revoked meanwhile.
if ! is_good "$(key_kept)"; then
  umask 077
  printf 'url = "%s"\nkey = "%s"\n' "$url" "$("$programs/recastd" --data "$data" --create-admin-key)" >"$config/client.toml"
  echo "No key that this server knows was kept: made one, kept in $config/client.toml"
fi
sed -i "s|^url = .*|url = \"$url\"|" "$config/client.toml"
key=$(key_kept)

sample=$root/docs/sample/sample.docx
pdf=$data/sample.pdf
"$programs/recast" convert "$sample" "$pdf" --overwrite --server "$url" --key "$key"
check=$(pdffonts "$pdf" | tail -n +3)
[ -n "$check" ] || { echo "The PDF has no fonts: something is wrong." >&2; exit 1; }

cat <<TXT

Sample document  $sample
converted to     $pdf  ($(pdfinfo "$pdf" | awk '/^Pages/{print $2}') pages, $(wc -l <<<"$check") fonts)
API              $url/v2     (blocking API: http://127.0.0.1:$sync_port/v2)
key              in $config/client.toml
command line     export RECAST_URL=$url RECAST_API_KEY=\$(sed -n 's/^key = "\(.*\)"/\1/p' $config/client.toml)
                 $programs/recast convert FILE.docx FILE.pdf
health           $url/readyz

TXT
[ "$once" = 0 ] || exit 0
echo "The server is running. Ctrl-C stops it."
wait "$server"
