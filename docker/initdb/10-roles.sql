-- Runs once, when the database volume is empty. The owner migrates; the app role owns nothing and row security holds it.
\set ON_ERROR_STOP on
\getenv owner_password OWNER_DB_PASSWORD
\getenv app_password APP_DB_PASSWORD
CREATE ROLE coticket_owner LOGIN NOSUPERUSER BYPASSRLS CREATEDB CREATEROLE PASSWORD :'owner_password';
CREATE ROLE coticket_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'app_password';
CREATE DATABASE coticket OWNER coticket_owner ENCODING 'UTF8';
