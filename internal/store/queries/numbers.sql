-- name: TakeNext :one
-- Takes the next value of a series, from 0; the row stays locked to the end of the transaction.
INSERT INTO counters (name, next) VALUES (@name, 1)
ON CONFLICT (name) DO UPDATE SET next = counters.next + 1
RETURNING next;

-- name: PeekCounter :one
SELECT next FROM counters WHERE name = @name;

-- name: InsertUserCode :execrows
-- Zero rows: the code is taken, take the next (R-ID-10); a lost one is taken too (R-ID-6).
INSERT INTO user_codes (code, establishment, application, placeholder, born_at)
SELECT @code, @establishment, @application, @placeholder, @born_at
WHERE NOT EXISTS (SELECT 1 FROM lost l WHERE l.kind = 'code' AND l.thing = @code) ON CONFLICT DO NOTHING;

-- name: InsertUserID :execrows
INSERT INTO user_ids (id, code, number, establishment, application, row_index, born_at)
SELECT @id, @code, @number, @establishment, @application, @row_index, @born_at
WHERE NOT EXISTS (SELECT 1 FROM lost l WHERE l.kind = 'id' AND l.thing = @id) ON CONFLICT DO NOTHING;

-- name: ListCodesOf :many
SELECT * FROM user_codes WHERE application = @application ORDER BY placeholder, code;

-- name: ListIDsOf :many
SELECT * FROM user_ids WHERE application = @application ORDER BY code, row_index, id;

-- name: CodesUnder :many
-- The user codes under an abbreviation in every region, used ones and tombstones, lost ones too.
SELECT code FROM user_codes WHERE substr(code, 3) = @abbreviation
UNION SELECT thing FROM lost WHERE kind = 'code' AND substr(thing, 3) = @abbreviation ORDER BY code;

-- name: ListCodesOfEstablishment :many
SELECT * FROM user_codes WHERE establishment = @establishment ORDER BY code;

-- name: ListIDsOfEstablishment :many
SELECT * FROM user_ids WHERE establishment = @establishment ORDER BY id;
