-- A hosted project grants every new table, sequence and function of public to anon and authenticated. Here nobody gets what no migration grants.
-- It holds for objects that this role makes from now on: other roles' defaults are theirs. Functions stay executable by PUBLIC
-- by PostgreSQL's own default, which can only be revoked for all schemas, extensions' functions included; so each migration revokes it
-- for its functions, and tests/sql/access.test.ts finds the one that does not.

alter default privileges in schema public revoke all on tables from anon, authenticated;
alter default privileges in schema public revoke all on sequences from anon, authenticated;
alter default privileges in schema public revoke all on functions from anon, authenticated;

-- Which migrations were applied, and as which text, is for the role that migrates to say.
revoke insert, update, delete on etl.migration_checksum from service_role;
