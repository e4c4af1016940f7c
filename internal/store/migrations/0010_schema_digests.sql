-- +goose Up

-- What each migration was that made this schema: a binary works only on a schema that it knows whole.

-- birth: the SHA-256 of a migration's text, in hexadecimal digits, noted after it was applied
CREATE TABLE schema_digests (
    version bigint PRIMARY KEY,
    digest  text NOT NULL
);
