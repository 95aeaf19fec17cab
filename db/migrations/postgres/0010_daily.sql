-- +goose Up

-- daily: what happened on a day, counted as it happens, so that nobody has to look through everything.
CREATE TABLE daily (
	day  TEXT COLLATE "C" NOT NULL, -- in UTC, such as 2026-03-14
	what TEXT COLLATE "C" NOT NULL, -- registered (somebody made an account), logged_in, or login_failed
	n    BIGINT NOT NULL,           -- how often
	PRIMARY KEY (day, what)
);

-- +goose Down
DROP TABLE daily;
