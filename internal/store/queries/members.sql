-- name: LastSignIn :one
SELECT at FROM audit_entries WHERE actor = @actor AND act = 'sign-in' ORDER BY at DESC LIMIT 1;

-- name: OpenSetupLink :one
-- The link that a person can use to set the first password, if one was given and not used.
SELECT expires_at FROM setup_links WHERE account = @account AND kind = 'setup' AND used_at IS NULL ORDER BY expires_at DESC LIMIT 1;

-- name: StrayInvitations :many
-- Invitations whose dedupe key names no set-up link, or the link of somebody with another address.
SELECT o.id, o.recipient FROM outbox o
WHERE o.kind = 'invited' AND o.id > @after AND NOT EXISTS (
    SELECT 1 FROM setup_links l JOIN accounts p ON p.id = l.account
    WHERE l.id = substr(o.dedupe_key, 1, 36) AND (p.email = o.recipient
        OR EXISTS (SELECT 1 FROM address_changes c WHERE c.account = p.id AND c.before = o.recipient)))
ORDER BY o.id LIMIT @most;
