-- name: GetMail :one
SELECT * FROM outbox WHERE id = @id;

-- name: ResentOf :many
-- The rows that repeat a mail, oldest first.
SELECT * FROM outbox WHERE resend_of = @id AND application = @application ORDER BY id;

-- name: BounceMail :execrows
-- A mail that came back stays so: a second return changes nothing. It must have been tried at least once.
UPDATE outbox SET bounced_at = @bounced_at, bounce = @bounce, seen_at = NULL
WHERE id = @id AND bounced_at IS NULL AND attempts > 0;

-- name: DelayMail :execrows
UPDATE outbox SET delayed_at = @delayed_at, bounce = @bounce
WHERE id = @id AND bounced_at IS NULL AND delayed_at IS NULL AND attempts > 0;

-- name: GuardResend :one
-- Sending again counts up from what the page showed: who presses twice meets nothing the second time.
UPDATE outbox SET resent = resent + 1, seen_at = COALESCE(seen_at, @seen_at)
WHERE id = @id AND resent = @resent RETURNING *;

-- name: ReviveMail :execrows
-- A failed mail goes out once more as itself: the same row, the same Message-ID.
UPDATE outbox SET failed_at = NULL, bounced_at = NULL, delayed_at = NULL, seen_at = NULL, bounce = '', attempts = 0,
    run_at = @run_at, leased_until = NULL
WHERE id = @id AND failed_at IS NOT NULL;

-- name: InsertResent :exec
INSERT INTO outbox (id, dedupe_key, kind, application, recipient, payload, message_id, created_at, run_at, resend_of)
VALUES (@id, @dedupe_key, @kind, @application, @recipient, @payload, @message_id, @created_at, @run_at, @resend_of);

-- name: SeeMail :execrows
UPDATE outbox SET seen_at = @seen_at
WHERE id = @id AND seen_at IS NULL AND (failed_at IS NOT NULL OR bounced_at IS NOT NULL);

-- name: CountTroubledMails :one
-- How many mails failed or came back and nobody has taken note of it, counted up to a bound.
SELECT count(*) FROM (SELECT o.id FROM outbox o
    WHERE (o.failed_at IS NOT NULL OR o.bounced_at IS NOT NULL) AND o.seen_at IS NULL AND o.kind <> 'draft-expiring'
    LIMIT @most) AS troubled;
