-- Streams that the read model can't fold: it goes on without them, and they are taken up again by a later release or
-- by `xf admin retry`.
CREATE TABLE set_aside_streams (
  stream   text        PRIMARY KEY,
  -- The first event that was not folded.
  version  integer     NOT NULL,
  type     text        NOT NULL,
  reason   text        NOT NULL,
  -- The release that could not fold it.
  release  text        NOT NULL,
  since    timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT, UPDATE, DELETE ON set_aside_streams TO xf_coordinator;
GRANT SELECT ON set_aside_streams TO xf_reader;
