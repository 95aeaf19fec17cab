-- +goose Up

-- sessions.idle: how long, in milliseconds, the session lasts from its last use. sessions.ends_at: when it ends however much it is used.
ALTER TABLE sessions ADD COLUMN idle BIGINT NOT NULL DEFAULT 86400000;
ALTER TABLE sessions ADD COLUMN ends_at BIGINT NOT NULL DEFAULT 9000000000000;

-- +goose Down
ALTER TABLE sessions DROP COLUMN ends_at;
ALTER TABLE sessions DROP COLUMN idle;
