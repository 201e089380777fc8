#!/bin/sh
# Puts a backup into an empty database, and its files back; then compares what is there with what was there.
#
#   sh restore.sh FOLDER    a folder of BACKUPS, by its name, or any path
#
# PGHOST (PGPORT, PGDATABASE), DATABASE_OWNER_PASSWORD and DATABASE_BACKUP_PASSWORD say where the database is,
# DATA_FOLDER where the files go; empty, they are only read through. The owner of the tables restores; no superuser is needed, and the portal's role gets
# the rights that it had.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${BACKUPS:=/backups}" "${DATA_FOLDER=/data}" "${PGDATABASE:=kakehashi}"
export PGDATABASE
[ $# = 1 ] || { sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2; }
case "$1" in */*) folder=$1 ;; *) folder=$BACKUPS/$1 ;; esac
cd "$folder"
sha256sum --check --quiet SHA256SUMS

as_owner() { PGUSER=kakehashi_owner PGPASSWORD="${DATABASE_OWNER_PASSWORD:-}" "$@"; }
as_backup() { PGUSER=kakehashi_backup PGPASSWORD="${DATABASE_BACKUP_PASSWORD:-}" "$@"; }

tables=$(as_owner psql --no-psqlrc --tuples-only --no-align --command="SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
[ "$tables" = 0 ] || { echo "The database $PGDATABASE on ${PGHOST:-this machine} is not empty: $tables tables." >&2; exit 1; }

# All or nothing.
as_owner pg_restore --no-owner --single-transaction --exit-on-error --dbname="$PGDATABASE" database.dump
if [ -f files.tar ] && [ -z "$DATA_FOLDER" ]; then
    tar -tf files.tar >/dev/null
elif [ -f files.tar ]; then
    mkdir -p "$DATA_FOLDER"
    tar -xf files.tar -C "$DATA_FOLDER"
fi

found=$(mktemp)
trap 'rm -f "$found"' EXIT
as_backup psql --quiet --no-psqlrc --file="$here/contents.sql" --output="$found"
if ! diff contents.txt "$found" >&2; then
    echo "What was restored differs from what was saved." >&2
    exit 1
fi
# Without its words on Postgres' own tables, which are not the owner's.
as_owner psql --quiet --no-psqlrc --command="SET client_min_messages = error" --command=ANALYZE
echo "Restored and compared: $(grep -c '^rows ' contents.txt) tables, $(wc -l < contents.txt) lines."
