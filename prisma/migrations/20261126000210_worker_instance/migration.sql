-- Which process (by its state folder) of a worker serves a host; null in rows of earlier releases.
ALTER TABLE worker_presence ADD COLUMN instance_id uuid;
