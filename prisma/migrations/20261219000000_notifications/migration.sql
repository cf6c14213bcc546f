-- Routes of notifications, as their streams tell them. Fills itself from history.
CREATE TABLE notification_routes (
  name           text PRIMARY KEY,
  stream_version integer NOT NULL,
  state          text NOT NULL,
  target_id      uuid NOT NULL,
  -- As GET /v1/notification-routes tells it.
  view           jsonb NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON notification_routes TO xf_coordinator;
GRANT SELECT ON notification_routes TO xf_reader;

-- Where a route posts to, and with which secret messages are signed. Rows, because events are open to every reader and Slack's URLs
-- hold a secret. Of no other role than the coordinator's. A row never changes: another URL or secret is another row, which the
-- route's next event names, so that a crash between the two leaves the route as it was.
CREATE TABLE notification_targets (
  target_id       uuid PRIMARY KEY,
  route           text NOT NULL,
  url             text NOT NULL,
  secret          text NOT NULL,
  -- It was rotated: messages are signed with the one before as well, until then.
  previous_secret text,
  previous_until  timestamptz,
  made_at         timestamptz NOT NULL DEFAULT clock_timestamp()
);
GRANT SELECT, INSERT, DELETE ON notification_targets TO xf_coordinator;

-- Messages, from the moment at which there is something to tell. Kept: they are the log.
CREATE TABLE notifications (
  message_id    uuid PRIMARY KEY,
  route         text NOT NULL,
  cause         text NOT NULL,
  -- firing, resolved, test
  status        text NOT NULL,
  -- Of a resolved one: the message that it ends.
  about         uuid,
  -- What it says, before it is made into a body.
  content       jsonb NOT NULL,
  made_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- waiting, delivered, dead, dropped
  state         text NOT NULL,
  attempts      integer NOT NULL DEFAULT 0,
  next_at       timestamptz,
  give_up_at    timestamptz NOT NULL,
  -- A coordinator is trying it; nobody else does before then.
  claimed_until timestamptz,
  ended_at      timestamptz,
  last_status   integer,
  last_error    text,
  replayed_by   text
);
CREATE INDEX notifications_waiting ON notifications (route, made_at) WHERE state = 'waiting';
CREATE INDEX notifications_listing ON notifications (made_at DESC, message_id DESC);
CREATE INDEX notifications_of_route ON notifications (route, state);
GRANT SELECT, INSERT, UPDATE ON notifications TO xf_coordinator;

-- What a route has been told of and is not over: so that one cause is one message.
CREATE TABLE notification_items (
  route       text NOT NULL,
  cause       text NOT NULL,
  -- A host, a job, a finding, a change.
  item        text NOT NULL,
  message_id  uuid NOT NULL,
  -- It has not been so since then; over when that lasts.
  quiet_since timestamptz,
  PRIMARY KEY (route, cause, item)
);
CREATE INDEX notification_items_of_message ON notification_items (message_id);
GRANT SELECT, INSERT, UPDATE, DELETE ON notification_items TO xf_coordinator;

-- How often the items of a cause were changed: whoever looked before the latest change looks again.
CREATE TABLE notification_changes (
  route   text NOT NULL,
  cause   text NOT NULL,
  changes integer NOT NULL,
  PRIMARY KEY (route, cause)
);
GRANT SELECT, INSERT, UPDATE ON notification_changes TO xf_coordinator;

-- What routes are told of, among a hundred thousand jobs that went well.
CREATE INDEX jobs_without_result ON jobs (ended_at) WHERE outcome IN ('failed', 'partial');
