-- +goose Up

-- sessions.id: says in the admin which it is, and lets nobody in.
ALTER TABLE sessions ADD COLUMN id BIGINT NOT NULL DEFAULT 0;
UPDATE sessions SET id = floor(random() * 9007199254740991)::bigint;
CREATE INDEX sessions_id ON sessions (id);
CREATE INDEX sessions_seen_at ON sessions (seen_at, id);

-- +goose Down
DROP INDEX sessions_seen_at;
DROP INDEX sessions_id;
ALTER TABLE sessions DROP COLUMN id;
