-- Once, as PostgreSQL's administrator: psql -f postgresql.sql, then \password uketsuke. See ../installation.md.

-- The role owns its database and nothing else. One process takes 36 connections at most, and two may overlap at an upgrade.
CREATE ROLE uketsuke LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 80;

-- UTF-8, or every name is refused at the start; "C" sorts and compares by bytes, as SQLite does, whatever the machine's language.
CREATE DATABASE uketsuke OWNER uketsuke ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0;
REVOKE ALL ON DATABASE uketsuke FROM PUBLIC;

-- A connection that died in the middle of a transaction holds its locks no longer than this.
ALTER ROLE uketsuke SET idle_in_transaction_session_timeout = '60s';
ALTER ROLE uketsuke SET tcp_keepalives_idle = '30s';
