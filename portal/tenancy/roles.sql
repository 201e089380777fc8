-- The three database roles. Run once, as a superuser, in the database that the portal will use.
-- owner: owns the tables, runs migrations, is held by row security like everybody else
-- app:    what web, worker and beat use; owns nothing and cannot step over the wall
-- backup: reads everything, writes nothing
CREATE ROLE kakehashi_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
CREATE ROLE kakehashi_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
CREATE ROLE kakehashi_backup LOGIN NOSUPERUSER BYPASSRLS NOCREATEDB NOCREATEROLE;
GRANT pg_read_all_data TO kakehashi_backup;
