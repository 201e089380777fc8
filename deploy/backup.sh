#!/bin/sh
# Backups of the database and of the uploaded files. Reads only, as kakehashi_backup.
#
#   sh backup.sh now        one backup, into a new folder of BACKUPS named by its time
#   sh backup.sh nightly    one each night, forever; now, if last night's is missing, again and again until it is there.
#                           Each is restored once beside the portal's server (rehearse.sh)
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
    # After the database: a file may be one too many, never one too few. tar ends with 1 when a file changed or went while
    # it read. What was exported is thrown away within days, so it does not stay here for weeks.
    if [ -d "$DATA_FOLDER/files" ]; then
        tar -cf files.tar -C "$DATA_FOLDER" --exclude=files/exports files || [ $? = 1 ]
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
    while :; do
        now=$(date +%s)
        # The last three at night in Japan.
        due=$(((now - 64800) / 86400 * 86400 + 64800))
        made=$(find "$BACKUPS" -mindepth 1 -maxdepth 1 -name '20*Z' -newermt "@$due" | sort | tail -n 1)
        # Each by itself: after "||" the shell would go on behind an error.
        if [ -z "$made" ]; then
            sh "$here/backup.sh" now || sleep 600
        elif [ ! -f "$made/RESTORED" ]; then
            sh "$here/rehearse.sh" "$made" || { echo "$made could not be restored." >&2; sleep 3600; }
        else
            sleep $((due + 86400 - now + 1))
        fi
    done
    ;;
*)
    sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
