-- A spent mark is kept like an ended session: a name without data, until it could not be used any more.

-- name: SpendMark :execrows
INSERT INTO sessions (token, data, expires_at) VALUES (@token, '', @expires_at) ON CONFLICT (token) DO NOTHING;
