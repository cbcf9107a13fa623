#!/bin/bash
# Brings the roles of PostgreSQL to what they are to be, each time that compose starts: messaging_owner owns the database and changes its tables (the service
# `migrate`), messaging_app reads and writes rows (api, worker). Their passwords are those of secrets/, so that a new one there takes effect with
# the next `docker compose up -d`. Over the socket, where the superuser needs no password.
set -euo pipefail
export PGDATABASE=messaging PGUSER=postgres PGOPTIONS=--client-min-messages=warning

# A volume from before has another superuser, `messaging`, which cannot be dropped; it loses its password, and pg_hba.conf does not know it.
psql -Xqc "SELECT 1" >/dev/null 2>&1 || psql -XqU messaging -c "CREATE ROLE postgres SUPERUSER LOGIN"

psql -Xqv ON_ERROR_STOP=1 <<'SQL'
\set owner `cat /run/secrets/database_owner`
\set app `cat /run/secrets/database`
BEGIN;
SELECT format('CREATE ROLE %I', name) FROM unnest(ARRAY['messaging_owner', 'messaging_app']) AS name WHERE to_regrole(name) IS NULL \gexec
ALTER ROLE messaging_owner WITH LOGIN PASSWORD :'owner' NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE messaging_app WITH LOGIN PASSWORD :'app' NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
SELECT format('ALTER ROLE %I PASSWORD NULL', rolname) FROM pg_roles WHERE rolsuper \gexec

-- The database, and what a superuser made in it before there was an owner.
ALTER DATABASE messaging OWNER TO messaging_owner;
REVOKE ALL ON DATABASE messaging FROM PUBLIC;
GRANT CONNECT ON DATABASE messaging TO messaging_app;
SELECT format('ALTER SCHEMA %I OWNER TO messaging_owner', nspname) FROM pg_namespace WHERE nspname = 'messaging' \gexec
SELECT format('ALTER %s %s OWNER TO messaging_owner', CASE relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END, c.oid::regclass)
FROM pg_class c
WHERE relnamespace::regnamespace::text IN ('public', 'messaging') AND relkind IN ('r', 'p', 'S', 'v') AND relowner <> 'messaging_owner'::regrole
    AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND (d.deptype = 'e' OR d.deptype IN ('a', 'i') AND relkind = 'S')) \gexec
SELECT format('ALTER FUNCTION %s OWNER TO messaging_owner', oid::regprocedure)
FROM pg_proc p
WHERE pronamespace::regnamespace::text IN ('public', 'messaging') AND proowner <> 'messaging_owner'::regrole
    AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e') \gexec

-- What the application may, with what is there and with what a migration makes.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
SELECT format('GRANT USAGE ON SCHEMA %1$I TO messaging_app; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %1$I TO messaging_app; '
    'GRANT USAGE ON ALL SEQUENCES IN SCHEMA %1$I TO messaging_app; GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA %1$I TO messaging_app', nspname)
FROM pg_namespace WHERE nspname IN ('public', 'messaging') \gexec
ALTER DEFAULT PRIVILEGES FOR ROLE messaging_owner GRANT USAGE ON SCHEMAS TO messaging_app;
ALTER DEFAULT PRIVILEGES FOR ROLE messaging_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO messaging_app;
ALTER DEFAULT PRIVILEGES FOR ROLE messaging_owner GRANT USAGE ON SEQUENCES TO messaging_app;
ALTER DEFAULT PRIVILEGES FOR ROLE messaging_owner GRANT EXECUTE ON FUNCTIONS TO messaging_app;
COMMIT;
SQL
