-- What a database holds, line by line: rows and a checksum of every table, then its wall, rights, constraints and
-- triggers. Two databases with the same lines are the same. Asked as kakehashi_backup, who sees all rows.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
-- A row is summed up by its text, which these decide.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET intervalstyle = 'iso_8601';
SET extra_float_digits = 1;
SET bytea_output = 'hex';
SET search_path = public;
SET row_security = off;

SELECT format('SELECT %L, count(*), sum(hashtextextended(t::text, 0)::numeric) FROM %I t', 'rows ' || tablename, tablename)
FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename COLLATE "C" \gexec

SELECT 'wall ' || relname, relrowsecurity, relforcerowsecurity, pg_get_userbyid(relowner)
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname COLLATE "C";

SELECT 'policy ' || tablename, policyname, permissive, roles, cmd, qual, with_check
FROM pg_policies WHERE schemaname = 'public' ORDER BY tablename COLLATE "C", policyname COLLATE "C";

SELECT 'rights ' || relname, pg_get_userbyid(grantee), privilege_type
FROM pg_class, aclexplode(relacl)
WHERE relnamespace = 'public'::regnamespace ORDER BY relname COLLATE "C", 2, 3;

-- Conditions stand aside: Postgres writes `state IN (…)` down in other words once it has read its own.
SELECT 'index ' || indexname, split_part(indexdef, ' WHERE ', 1) FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname COLLATE "C";

SELECT 'constraint ' || conrelid::regclass, conname, convalidated,
    CASE contype WHEN 'c' THEN 'CHECK' ELSE pg_get_constraintdef(oid) END
FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid > 0
ORDER BY conrelid::regclass::text COLLATE "C", conname COLLATE "C";

SELECT 'trigger ' || tgrelid::regclass, tgname, tgenabled, pg_get_triggerdef(oid)
FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgrelid::regclass::text COLLATE "C", tgname COLLATE "C";

SELECT 'function ' || proname, prosecdef, md5(prosrc)
FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY proname COLLATE "C", 3;

SELECT 'sequence ' || sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' ORDER BY sequencename COLLATE "C";
