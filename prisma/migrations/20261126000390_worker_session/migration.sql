-- Which process of an instance serves a host: a copied state folder makes two of them. Null in rows of earlier releases.
ALTER TABLE worker_presence ADD COLUMN session_id uuid;
