-- Lets PgBouncer look up logins, those of coordinators and workers alone: once, in the fleet's database, as a superuser.
-- Then: ALTER ROLE pooler PASSWORD '…', the same as in userlist.txt.
CREATE ROLE pooler LOGIN CONNECTION LIMIT 4;
CREATE FUNCTION pooler_logins(wanted text, OUT login text, OUT verifier text) RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT rolname::text, rolpassword FROM pg_authid
   WHERE rolname = wanted AND rolcanlogin AND NOT rolsuper
     AND (pg_has_role(oid, 'xf_worker', 'MEMBER') OR pg_has_role(oid, 'xf_coordinator', 'MEMBER'))
$$;
REVOKE ALL ON FUNCTION pooler_logins(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pooler_logins(text) TO pooler;
