#!/bin/sh
# Restores a backup into a server that lives for that alone, and compares. The backup's folder then holds RESTORED.
#
#   sh rehearse.sh FOLDER    a folder of BACKUPS, by its name, or any path
#
# Needs Postgres' own programs and, below TMPDIR, room for the database. The portal's server is not asked for anything.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${BACKUPS:=/backups}"
[ $# = 1 ] || { sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2; }
case "$1" in */*) folder=$1 ;; *) folder=$BACKUPS/$1 ;; esac
rm -f "$folder"/RESTORED

# Postgres refuses to run as root.
user=$(id -un)
[ "$user" != root ] || user=$(id -un postgres 2>/dev/null || echo nobody)
as_server() {
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups -- "$@"
    else
        "$@"
    fi
}

room=$(mktemp -d)
trap 'as_server pg_ctl --pgdata="$room/data" --mode=immediate --silent stop >/dev/null 2>&1 || :; rm -rf "$room"' EXIT
trap 'exit 1' INT TERM
chmod 711 "$room"
install -d -o "$user" -m 700 "$room/data"
install -d -o "$user" -m 711 "$room/socket"
cd "$room"
as_server initdb --pgdata="$room/data" --auth=trust --username=postgres --no-sync --no-instructions --encoding=UTF8 \
    --locale-provider=builtin --builtin-locale=C.UTF-8 --lc-ctype=C.UTF-8 >/dev/null
as_server pg_ctl --pgdata="$room/data" --log="$room/data/log" --silent --wait start --options="-c listen_addresses='' \
    -c unix_socket_directories='$room/socket' -c fsync=off -c max_parallel_workers=0" || { cat "$room/data/log" >&2; exit 1; }

export PGHOST="$room/socket" PGDATABASE=kakehashi
unset PGPORT
psql --quiet --no-psqlrc --username=postgres --dbname=postgres --command="CREATE DATABASE kakehashi"
psql --quiet --no-psqlrc --username=postgres --set=ON_ERROR_STOP=1 --file="$here/../portal/tenancy/roles.sql"
export DATABASE_OWNER_PASSWORD=none DATABASE_APP_PASSWORD=none DATABASE_BACKUP_PASSWORD=none
sh "$here/database.sh" >/dev/null
# The files are read through, not put anywhere.
DATA_FOLDER='' sh "$here/restore.sh" "$folder"
date -u +%Y-%m-%dT%H%M%SZ > "$folder"/RESTORED
# A backup stays as old as it is.
touch -r "$folder"/SHA256SUMS "$folder"
