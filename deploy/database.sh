#!/bin/sh
# Run once by the Postgres image, after roles.sql: the roles get their passwords, the owner gets the database.
set -eu
psql --username=postgres --dbname=kakehashi --set=ON_ERROR_STOP=1 \
    --set=owner="$DATABASE_OWNER_PASSWORD" --set=app="$DATABASE_APP_PASSWORD" --set=backup="$DATABASE_BACKUP_PASSWORD" <<'SQL'
ALTER ROLE kakehashi_owner PASSWORD :'owner';
ALTER ROLE kakehashi_app PASSWORD :'app';
ALTER ROLE kakehashi_backup PASSWORD :'backup';
ALTER DATABASE kakehashi OWNER TO kakehashi_owner;
REVOKE CONNECT, TEMPORARY ON DATABASE kakehashi FROM PUBLIC;
GRANT CONNECT ON DATABASE kakehashi TO kakehashi_app, kakehashi_backup;
SQL
