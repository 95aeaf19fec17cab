-- +goose Up

-- history: its lines are about groups and invitations too now. What one transaction changed is one event, which is taken back as a whole.
ALTER TABLE history RENAME COLUMN user_id TO object_id;
ALTER TABLE history RENAME COLUMN username TO object_repr;
-- history.resource: what object_id is an id of: users, groups, invitations …
ALTER TABLE history ADD COLUMN resource TEXT NOT NULL DEFAULT 'users';
-- history.event_id: the same for all lines of one event.
ALTER TABLE history ADD COLUMN event_id INTEGER NOT NULL DEFAULT 0;
-- history.undoes: the event that this one took back; 0: none.
ALTER TABLE history ADD COLUMN undoes INTEGER NOT NULL DEFAULT 0;
DROP INDEX history_user_id;
CREATE INDEX history_object ON history (resource, object_id, version);
UPDATE history SET event_id = (SELECT min(h.id) FROM history h WHERE h.resource = history.resource AND h.object_id = history.object_id
	AND h.version = history.version AND h.at = history.at);
CREATE INDEX history_event_id ON history (event_id);
CREATE INDEX history_undoes ON history (undoes) WHERE undoes <> 0;
CREATE INDEX history_by_id ON history (by_id, id);

-- deleted_users: who was deleted by staff, and can be brought back. Nothing else of them is left in the other tables.
CREATE TABLE deleted_users (
	id          INTEGER PRIMARY KEY, -- the id that the person had, and has again
	username    TEXT    NOT NULL,    -- the name that the person had
	deleted_at  INTEGER NOT NULL,    -- when; after 30 days it is erased
	by_username TEXT    NOT NULL,    -- by whom; may be empty
	data        TEXT    NOT NULL     -- JSON: all that comes back with them
);
CREATE INDEX deleted_users_deleted_at ON deleted_users (deleted_at, id);

-- kept_pictures: pictures that nobody has any more, and that can come back by an undo. Their files stay.
CREATE TABLE kept_pictures (
	name       TEXT    NOT NULL, -- the picture's
	user_id    INTEGER NOT NULL, -- whose it was
	dropped_at INTEGER NOT NULL, -- when; after 30 days its files go
	PRIMARY KEY (name, user_id)
) WITHOUT ROWID;
CREATE INDEX kept_pictures_user_id ON kept_pictures (user_id);
CREATE INDEX kept_pictures_dropped_at ON kept_pictures (dropped_at);

-- +goose Down
DROP TABLE kept_pictures;
DROP TABLE deleted_users;
DROP INDEX history_by_id;
DROP INDEX history_undoes;
DROP INDEX history_event_id;
DROP INDEX history_object;
DELETE FROM history WHERE resource <> 'users';
ALTER TABLE history DROP COLUMN undoes;
ALTER TABLE history DROP COLUMN event_id;
ALTER TABLE history DROP COLUMN resource;
ALTER TABLE history RENAME COLUMN object_repr TO username;
ALTER TABLE history RENAME COLUMN object_id TO user_id;
CREATE INDEX history_user_id ON history (user_id, version);
