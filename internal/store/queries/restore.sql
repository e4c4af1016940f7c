-- name: GetLedgerMark :one
SELECT token FROM ledger_mark WHERE id = 1;

-- name: SetLedgerMark :exec
INSERT INTO ledger_mark (id, token) VALUES (1, @token) ON CONFLICT (id) DO UPDATE SET token = excluded.token;

-- name: RaiseCounter :exec
INSERT INTO counters (name, next) VALUES (@name, @next)
ON CONFLICT (name) DO UPDATE SET next = excluded.next WHERE counters.next < excluded.next;

-- name: ListCounters :many
SELECT * FROM counters WHERE name > @after ORDER BY name LIMIT @most;

-- name: InsertRestore :exec
INSERT INTO restores (id, noted_at, codes, ids, receipts, invoices, mails, checkpoint)
VALUES (@id, @noted_at, @codes, @ids, @receipts, @invoices, @mails, @checkpoint);

-- name: ListRestores :many
SELECT * FROM restores ORDER BY noted_at DESC, id DESC;

-- name: InsertLost :execrows
INSERT INTO lost (kind, thing, restored, establishment, application, detail, given_at)
VALUES (@kind, @thing, @restored, @establishment, @application, @detail, @given_at) ON CONFLICT DO NOTHING;

-- name: GetLost :one
SELECT * FROM lost WHERE kind = @kind AND thing = @thing;

-- name: GetRestore :one
SELECT * FROM restores WHERE id = @id;

-- name: LostOf :many
-- What a restore has lost of a kind; no restore lists what was perhaps never given out.
SELECT * FROM lost WHERE restored = @restored AND kind = @kind AND thing > @after ORDER BY thing LIMIT @most;

-- name: LostAndIssued :many
-- Things that were lost, with whom they had been given to, and yet stand in the database, with who has them.
SELECT l.kind, l.thing, l.application AS lost_application, l.establishment AS lost_establishment, c.application, c.establishment
FROM lost l JOIN user_codes c ON c.code = l.thing WHERE l.kind = 'code'
UNION ALL SELECT l.kind, l.thing, l.application, l.establishment, u.application, u.establishment
FROM lost l JOIN user_ids u ON u.id = l.thing WHERE l.kind = 'id'
UNION ALL SELECT l.kind, l.thing, l.application, l.establishment, v.application, ''
FROM lost l JOIN application_versions v ON v.receipt = l.thing WHERE l.kind = 'receipt'
UNION ALL SELECT l.kind, l.thing, l.application, l.establishment, '', i.establishment
FROM lost l JOIN invoices i ON i.number = l.thing WHERE l.kind = 'invoice';

-- name: BearCodeAgain :execrows
-- A code that was brought by an import and lost is brought by an import again.
INSERT INTO user_codes (code, establishment, application, placeholder, born_at)
SELECT @code, @establishment, @application, @placeholder, @born_at
WHERE EXISTS (SELECT 1 FROM lost l WHERE l.kind = 'code' AND l.thing = @code AND l.application = @application AND l.establishment = @establishment)
ON CONFLICT DO NOTHING;

-- name: BearIDAgain :execrows
INSERT INTO user_ids (id, code, number, establishment, application, row_index, born_at)
SELECT @id, @code, @number, @establishment, @application, @row_index, @born_at
WHERE EXISTS (SELECT 1 FROM lost l WHERE l.kind = 'id' AND l.thing = @id AND l.application = @application AND l.establishment = @establishment)
ON CONFLICT DO NOTHING;

-- name: WaitingMails :many
SELECT id, message_id FROM outbox WHERE accepted_at IS NULL AND failed_at IS NULL ORDER BY run_at, id;

-- name: AcceptKnownMail :execrows
-- A mail that a server accepted before anybody could note it here.
UPDATE outbox SET accepted_at = @accepted_at, reply = @reply, leased_until = NULL, fence = fence + 1
WHERE id = @id AND accepted_at IS NULL AND failed_at IS NULL;

-- name: SetStableKey :exec
UPDATE outbox SET stable_key = @stable_key WHERE id = @id;

-- name: EndSessions :exec
DELETE FROM sessions;

-- name: EndEverySignIn :execrows
UPDATE sign_ins SET ended_at = @ended_at, why_ended = 'time' WHERE ended_at IS NULL;

-- name: EndEveryLink :execrows
-- A link that was used after the backup stands as unused again.
UPDATE setup_links SET expires_at = @now WHERE used_at IS NULL AND expires_at > @now;
