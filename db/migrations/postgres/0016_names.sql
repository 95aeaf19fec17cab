-- +goose Up

-- Who is looked for by two letters is found in the index alone.
DROP INDEX users_first_name_key;
DROP INDEX users_last_name_key;
CREATE INDEX users_first_name_key ON users (first_name_key, id) WHERE first_name_key <> '';
CREATE INDEX users_last_name_key ON users (last_name_key, id) WHERE last_name_key <> '';

-- +goose Down
DROP INDEX users_last_name_key;
DROP INDEX users_first_name_key;
CREATE INDEX users_first_name_key ON users (first_name_key) WHERE first_name_key <> '';
CREATE INDEX users_last_name_key ON users (last_name_key) WHERE last_name_key <> '';
