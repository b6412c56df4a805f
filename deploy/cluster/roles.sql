-- Once, as the superuser, through the proxy: psql "postgresql://postgres@10.0.0.31:5000/postgres" -f roles.sql
-- Other passwords, please: the first stands in KOMEK_DATABASE_OWNER_URL at an upgrade, the second in userlist.txt and
-- /etc/komek/environment.
CREATE ROLE komek_owner LOGIN PASSWORD 'put-in-a-password-of-your-own-4';
CREATE ROLE komek LOGIN PASSWORD 'put-in-a-password-of-your-own-5';
CREATE DATABASE komek OWNER komek_owner;
-- pgbouncer hands on no settings of a session: the limits that Komek would ask for are the role's
-- (KOMEK_DATABASE_STATEMENT_S, …_LOCK_S, …_IDLE_S), and that whoever waits and is gone waits no longer
ALTER ROLE komek SET statement_timeout = '30s';
ALTER ROLE komek SET lock_timeout = '20s';
ALTER ROLE komek SET idle_in_transaction_session_timeout = '60s';
ALTER ROLE komek SET client_connection_check_interval = '5s';
