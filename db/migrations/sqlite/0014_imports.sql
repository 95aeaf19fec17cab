-- +goose Up

-- imports: tables of people that staff have sent, until a day later.
CREATE TABLE imports (
	id         INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice
	by_id      INTEGER NOT NULL,            -- who has sent it
	columns    TEXT    NOT NULL,            -- JSON: the names of its columns
	lines      INTEGER NOT NULL DEFAULT 0,  -- how many people it has
	checked    INTEGER NOT NULL DEFAULT 0,  -- how often it was looked at what it would do; 0: not yet
	done       BOOLEAN NOT NULL DEFAULT FALSE, -- it was imported
	created_at INTEGER NOT NULL             -- when it was sent
);

-- import_lines: their lines, one for each person.
CREATE TABLE import_lines (
	import_id INTEGER NOT NULL REFERENCES imports (id) ON DELETE CASCADE, -- of which
	number    INTEGER NOT NULL,            -- of the line of the file that it begins on
	user_key  TEXT    NOT NULL,            -- the folded username; empty: none
	email_key TEXT    NOT NULL,            -- the folded address; empty: none
	cells     TEXT    NOT NULL,            -- JSON: as they were sent
	username  TEXT    NOT NULL DEFAULT '', -- whom it is of, once that was looked at
	state     TEXT    NOT NULL DEFAULT '', -- what it would do: new, changed, same or wrong; empty: that was not looked at yet
	says      TEXT    NOT NULL DEFAULT '', -- JSON: which fields it changes, and what is wrong with it
	PRIMARY KEY (import_id, number)
) WITHOUT ROWID;
CREATE INDEX import_lines_user_key ON import_lines (import_id, user_key, number);
CREATE INDEX import_lines_email_key ON import_lines (import_id, email_key, number);
CREATE INDEX import_lines_state ON import_lines (import_id, state, number);

-- +goose Down
DROP TABLE import_lines;
DROP TABLE imports;
