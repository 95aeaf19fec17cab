-- +goose Up

-- history.nth: which it is among the lines of its event that are alike: of the same resource, action and field, and where that is yes or no also
-- from the same to the same. The list shows the first, which stands for all of them.
ALTER TABLE history ADD COLUMN nth INTEGER NOT NULL DEFAULT 1;
UPDATE history SET nth = alike.nth FROM (SELECT id, row_number() OVER (PARTITION BY event_id, resource, action, field,
	CASE WHEN new IN ('true', 'false') THEN old || ' ' || new ELSE '' END ORDER BY id) AS nth FROM history) alike
	WHERE alike.id = history.id AND alike.nth > 1;
DROP INDEX history_event_id;
CREATE INDEX history_event ON history (event_id, at, id);
CREATE INDEX history_alike ON history (event_id, resource, action, field, nth) WHERE nth > 1;
CREATE INDEX history_at ON history (at, id);
CREATE INDEX history_first ON history (at, id) WHERE nth = 1;
CREATE INDEX history_first_event ON history (event_id, at, id) WHERE nth = 1;
CREATE INDEX history_first_undoes ON history (undoes, event_id) WHERE undoes <> 0 AND nth = 1;
CREATE INDEX history_first_by ON history (by_id, at, id) WHERE nth = 1;
CREATE INDEX history_first_resource ON history (resource, at, id) WHERE nth = 1;
CREATE INDEX history_first_action ON history (action, at, id) WHERE nth = 1;
CREATE INDEX history_first_field ON history (field, at, id) WHERE nth = 1;

-- deleted_users.name, deleted_users.email: what they were called besides, and where mail reached them; may be empty.
ALTER TABLE deleted_users ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE deleted_users ADD COLUMN email TEXT NOT NULL DEFAULT '';
UPDATE deleted_users SET name = trim(COALESCE(json_extract(data, '$.User.FirstName'), '') || ' ' || COALESCE(json_extract(data, '$.User.LastName'), '')),
	email = COALESCE(NULLIF(COALESCE(json_extract(data, '$.User.Email'), ''), ''), COALESCE(json_extract(data, '$.User.NewEmail'), ''));

-- +goose Down
ALTER TABLE deleted_users DROP COLUMN email;
ALTER TABLE deleted_users DROP COLUMN name;
DROP INDEX history_first_field;
DROP INDEX history_first_action;
DROP INDEX history_first_resource;
DROP INDEX history_first_by;
DROP INDEX history_first_undoes;
DROP INDEX history_first_event;
DROP INDEX history_first;
DROP INDEX history_at;
DROP INDEX history_alike;
DROP INDEX history_event;
CREATE INDEX history_event_id ON history (event_id);
ALTER TABLE history DROP COLUMN nth;
