#!/bin/sh
# Backups of the database and of the uploaded files. Reads only, as kakehashi_backup.
#
#   sh backup.sh now        one backup, into a new folder of BACKUPS named by its time
#   sh backup.sh nightly    one now unless there is one of today, then one each night, forever
#
# PGHOST (PGPORT, PGDATABASE) and DATABASE_BACKUP_PASSWORD say where the database is, DATA_FOLDER where the files are.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${BACKUPS:=/backups}" "${BACKUP_DAYS:=14}" "${DATA_FOLDER:=/data}" "${PGDATABASE:=kakehashi}"
export PGDATABASE PGUSER=kakehashi_backup PGPASSWORD="${DATABASE_BACKUP_PASSWORD:-}"
# Everybody's data are in it.
umask 077

make_backup() {
    rm -rf "$BACKUPS"/unfinished
    mkdir -p "$BACKUPS"/unfinished
    cd "$BACKUPS"/unfinished
    # Dump and list of contents of the same moment, while the portal goes on.
    psql --quiet --no-psqlrc --set=ON_ERROR_STOP=1 --set=contents="$here/contents.sql" <<'SQL'
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT pg_export_snapshot() AS snapshot \gset
\setenv SNAPSHOT :snapshot
\! pg_dump --format=custom --snapshot="$SNAPSHOT" --file=database.dump
\if :SHELL_ERROR
    \warn 'pg_dump failed'
    SELECT 1 / 0;
\endif
\o contents.txt
\i :contents
SQL
    # After the database: a file may be one too many, never one too few.
    if [ -d "$DATA_FOLDER/files" ]; then
        tar -cf files.tar -C "$DATA_FOLDER" files
    fi
    sha256sum -- * > SHA256SUMS
    name=$(date -u +%Y-%m-%dT%H%M%SZ)
    cd "$BACKUPS"
    # Under its name only when it is whole.
    mv unfinished "$name"
    find "$BACKUPS" -mindepth 1 -maxdepth 1 -name '20*Z' -mtime +"$BACKUP_DAYS" -exec rm -rf {} +
    echo "$BACKUPS/$name"
}

case "${1:-}" in
now)
    make_backup
    ;;
nightly)
    [ -n "$(find "$BACKUPS" -mindepth 1 -maxdepth 1 -name '20*Z' -mtime -1)" ] || make_backup
    while :; do
        # Until three at night in Japan.
        sleep $(((151200 - $(date +%s) % 86400) % 86400 + 1))
        make_backup
    done
    ;;
*)
    sed -n '2,7s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
