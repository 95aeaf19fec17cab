-- +goose Up

-- attributes.indexes: the sort of indexes that the attribute has; another than it should have is made anew by makemigrations.
ALTER TABLE attributes ADD COLUMN indexes TEXT NOT NULL DEFAULT '';
UPDATE attributes SET indexes = 'sorted' WHERE name = 'portfolio_site' AND kind = 'url' AND NOT is_unique;
UPDATE attributes SET indexes = 'upload' WHERE name = 'profile_pic' AND kind = 'picture';

-- profile_db_version: which of the operator's own migrations are applied, as goose_db_version says it of the project's. It is made
-- here, so that each is applied once, also when two programs migrate at the same moment.
CREATE TABLE IF NOT EXISTS profile_db_version (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,    -- in the order in which they were applied
	version_id INTEGER NOT NULL,                     -- the number of the file; 0 is none
	is_applied INTEGER NOT NULL,                     -- always 1
	tstamp     TIMESTAMP DEFAULT (datetime('now'))   -- when
);
CREATE UNIQUE INDEX IF NOT EXISTS profile_db_version_once ON profile_db_version (version_id);
INSERT INTO profile_db_version (version_id, is_applied) VALUES (0, 1) ON CONFLICT DO NOTHING;

-- +goose Down
DROP INDEX profile_db_version_once;
ALTER TABLE attributes DROP COLUMN indexes;
