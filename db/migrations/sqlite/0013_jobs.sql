-- +goose Up

-- users.password_expired: they have to choose another password before they go on.
ALTER TABLE users ADD COLUMN password_expired BOOLEAN NOT NULL DEFAULT FALSE;

-- jobs: what staff have asked for that takes longer than a page may. What a job changes, and that it is done, is one transaction.
CREATE TABLE jobs (
	id         INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice
	kind       TEXT    NOT NULL,                  -- the name of an action, or undo
	by_id      INTEGER NOT NULL,                  -- who asked for it
	ip         TEXT    NOT NULL,                  -- from where
	query      TEXT    NOT NULL DEFAULT '',       -- the query of the list that it is of; with ids, nothing
	ids        TEXT    NOT NULL DEFAULT '',       -- JSON: the rows that it is of; empty: all of the list
	object_id  INTEGER NOT NULL DEFAULT 0,        -- the group it is about, or the line of the history that it takes back; 0: none
	state      TEXT    NOT NULL DEFAULT 'queued', -- queued, running, done, failed, or cancelled
	total      INTEGER NOT NULL DEFAULT 0,        -- how many rows it is of
	changed    INTEGER NOT NULL DEFAULT 0,        -- how many it has changed
	event_id   INTEGER NOT NULL DEFAULT 0,        -- what it did, in the history; 0: nothing
	message    TEXT    NOT NULL DEFAULT '',       -- why it failed
	created_at INTEGER NOT NULL,                  -- when it was asked for
	started_at INTEGER NOT NULL DEFAULT 0,        -- when it began, or was last noted to go on; 0: not yet
	ended_at   INTEGER NOT NULL DEFAULT 0         -- when it ended; 0: not yet
);
CREATE INDEX jobs_state ON jobs (state, id);

-- +goose Down
DROP TABLE jobs;
ALTER TABLE users DROP COLUMN password_expired;
