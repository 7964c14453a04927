# bash postgres.sh keep|remove DIR SETTING...: runs a PostgreSQL server in DIR
# until standard input ends, which it also does when whoever started this dies in
# any way; then removes DIR if told to. Prints "ready" when the server answers.
# The socket is in DIR; there is no TCP.
set -euo pipefail
after=$1 dir=$2
shift 2
[ "$after" = keep ] || trap 'cd / && rm -rf "$dir"' EXIT

programs=$(ls -d /usr/lib/postgresql/*/bin /usr/local/pgsql/bin /opt/homebrew/opt/postgresql*/bin 2>/dev/null | sort -V | tail -n 1 || true)
if [ -z "$programs" ]; then
  programs=$(dirname "$(command -v initdb || echo /none/initdb)")
fi
if ! [ -x "$programs/initdb" ]; then
  echo "PostgreSQL is not installed: run make setup, or install it (Debian: apt-get install postgresql)" >&2
  exit 1
fi

# PostgreSQL refuses to run as root.
as=()
if [ "$(id -u)" = 0 ]; then
  as=(setpriv --reuid=postgres --regid=postgres --clear-groups)
  chown postgres "$dir"
fi
cd "$dir"

if ! [ -f data/PG_VERSION ]; then
  # A collation that does not sort by bytes, as most databases have it, so that
  # what relies on the order shows.
  locale=(--locale=C.UTF-8)
  if "$programs/initdb" --help | grep -q icu-locale; then
    locale+=(--locale-provider=icu --icu-locale=en-US)
  fi
  "${as[@]}" "$programs/initdb" --pgdata=data --username=burgee --auth=trust --encoding=UTF8 --no-sync "${locale[@]}" >initdb.log 2>&1 ||
    { cat initdb.log >&2; exit 1; }
fi
settings=(-c listen_addresses= -c "unix_socket_directories=$dir" -c max_connections=300 -c shared_buffers=32MB -c fsync=off -c full_page_writes=off)
for setting in "$@"; do settings+=(-c "$setting"); done

# After a crash, the first attempts find the memory of processes that still end.
for _ in $(seq 50); do
  "${as[@]}" "$programs/postgres" -D data "${settings[@]}" >server.log 2>&1 </dev/null &
  server=$!
  while kill -0 "$server" 2>/dev/null; do
    if "$programs/pg_isready" --quiet --host="$dir" --dbname=postgres --username=burgee; then
      echo ready
      cat >/dev/null
      kill -INT "$server" 2>/dev/null || true
      wait "$server" || true
      exit 0
    fi
    sleep 0.05
  done
  grep -q "shared memory" server.log || break
  sleep 0.1
done
cat server.log >&2
exit 1
