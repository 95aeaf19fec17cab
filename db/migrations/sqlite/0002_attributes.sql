-- +goose Up

-- attributes: what the columns of profiles hold beside user_id. A migration that changes these columns changes this table too.
CREATE TABLE attributes (
	name        TEXT    PRIMARY KEY,       -- the column's name
	kind        TEXT    NOT NULL,          -- the word in profile.toml
	is_unique   BOOLEAN NOT NULL DEFAULT FALSE, -- no two people have the same value
	is_required BOOLEAN NOT NULL DEFAULT FALSE, -- who had no value has been given the default
	is_sorted   BOOLEAN NOT NULL DEFAULT FALSE, -- an index has the values in their order
	is_searched BOOLEAN NOT NULL DEFAULT FALSE  -- people_search holds the values
);
INSERT INTO attributes (name, kind, is_sorted, is_searched) VALUES
	('portfolio_site', 'url', TRUE, TRUE), ('profile_pic', 'picture', FALSE, FALSE);

-- profile_db_version: which of the operator's own migrations are applied, as goose_db_version says it of the project's. It is made
-- here, so that each is applied once, also when two programs migrate at the same moment.
CREATE TABLE profile_db_version (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,    -- in the order in which they were applied
	version_id INTEGER NOT NULL,                     -- the number of the file; 0 is none
	is_applied INTEGER NOT NULL,                     -- always 1
	tstamp     TIMESTAMP DEFAULT (datetime('now'))   -- when
);
CREATE UNIQUE INDEX profile_db_version_once ON profile_db_version (version_id);
INSERT INTO profile_db_version (version_id, is_applied) VALUES (0, 1);

-- +goose Down
DROP TABLE profile_db_version;
DROP TABLE attributes;
