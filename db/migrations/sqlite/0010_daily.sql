-- +goose Up

-- daily: what happened on a day, counted as it happens, so that nobody has to look through everything.
CREATE TABLE daily (
	day  TEXT    NOT NULL, -- in UTC, such as 2026-03-14
	what TEXT    NOT NULL, -- registered (somebody made an account), logged_in, or login_failed
	n    INTEGER NOT NULL, -- how often
	PRIMARY KEY (day, what)
) WITHOUT ROWID;

-- +goose Down
DROP TABLE daily;
