-- A coordinator refuses a database that is not migrated to its very release, so it reads the book of migrations.
GRANT SELECT ON _prisma_migrations TO xf_coordinator;

-- Messages that ended long ago are deleted; the index finds them.
GRANT DELETE ON notifications TO xf_coordinator;
CREATE INDEX notifications_ended ON notifications (ended_at) WHERE ended_at IS NOT NULL;
