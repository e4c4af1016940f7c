-- name: ApplicationsAtCentre :many
-- What waits for the centre, and what it has sent back: a change of the calendar may concern its wish.
SELECT a.id, a.receipt, a.state, a.desired_start, a.registered_at, a.settings_complete, a.waited_days,
       c.name AS company, a.items
FROM applications a JOIN establishments e ON e.id = a.establishment JOIN companies c ON c.id = e.company
WHERE a.state IN ('registered', 'under-examination', 'returned') AND a.desired_start IS NOT NULL
ORDER BY a.registered_at, a.id;

-- name: ApplicationsPromised :many
-- Approved applications of which some promised day is not before a day: start, deadline or last reading day.
SELECT a.id, a.receipt, a.state, a.start_date, a.settings_deadline, a.settings_complete, a.read_last, a.approved_at,
       a.secrets_ended_at, c.name AS company, a.items
FROM applications a JOIN establishments e ON e.id = a.establishment JOIN companies c ON c.id = e.company
WHERE a.state = 'approved' AND a.start_date IS NOT NULL
  AND (a.start_date >= @day OR a.settings_deadline >= @day OR a.read_last >= @day)
ORDER BY a.start_date, a.id;

-- name: InsertMode :exec
INSERT INTO modes (number, mode, notice, notice_en, recorded_at, recorded_by)
VALUES (@number, @mode, @notice, @notice_en, @recorded_at, @recorded_by);

-- name: CurrentMode :one
SELECT * FROM modes ORDER BY number DESC LIMIT 1;

-- name: ListModes :many
SELECT * FROM modes ORDER BY number DESC LIMIT @most;

-- name: AllModes :many
SELECT * FROM modes ORDER BY number;

-- name: EventsOfPeopleBetween :many
-- What people did to applications within a span of time, but for what every mode lets them do.
SELECT id, application, kind, at FROM application_events
WHERE role IN ('applicant', 'administrator', 'viewer', 'examiner', 'supervisor') AND kind <> 'read-secrets'
  AND at > @after_at AND at < @before_at
ORDER BY at, id LIMIT @most;

-- name: InsertNotice :exec
INSERT INTO notices (id, establishment, title, body, title_en, body_en, shown_from, shown_until, on_login, recorded_at, recorded_by)
VALUES (@id, @establishment, @title, @body, @title_en, @body_en, @shown_from, @shown_until, @on_login, @recorded_at, @recorded_by);

-- name: GetNotice :one
SELECT * FROM notices WHERE id = @id;

-- name: WithdrawNotice :execrows
UPDATE notices SET revoked_at = @revoked_at WHERE id = @id AND revoked_at IS NULL;

-- name: ListNotices :many
-- Every notice, the newest first, with the names of the establishment it is for.
SELECT n.id, n.establishment, n.title, n.title_en, n.shown_from, n.shown_until, n.on_login, n.recorded_at, n.revoked_at,
       CAST(COALESCE(c.name, '') AS text) AS company,
       CAST((SELECT count(*) FROM notice_reads r WHERE r.notice = n.id) AS bigint) AS readers
FROM notices n LEFT JOIN establishments e ON e.id = n.establishment LEFT JOIN companies c ON c.id = e.company
WHERE n.id < @before OR CAST(@before AS text) = ''
ORDER BY n.id DESC LIMIT @most;

-- name: NoticesShown :many
-- The notices that an establishment sees on a day, with whether an account has opened each; unread first.
SELECT n.id, n.title, n.title_en, n.shown_from, n.shown_until,
       CAST(CASE WHEN r.notice IS NULL THEN 1 ELSE 0 END AS bigint) AS unread
FROM notices n LEFT JOIN notice_reads r ON r.notice = n.id AND r.account = @account
WHERE n.establishment IN ('', CAST(@establishment AS text)) AND n.revoked_at IS NULL
  AND n.shown_from <= @day AND (n.shown_until IS NULL OR n.shown_until >= @day)
ORDER BY unread DESC, n.shown_from DESC, n.id DESC LIMIT @most;

-- name: NoticesOnLogin :many
SELECT * FROM notices
WHERE on_login = TRUE AND establishment = '' AND revoked_at IS NULL
  AND shown_from <= @day AND (shown_until IS NULL OR shown_until >= @day)
ORDER BY shown_from DESC, id DESC LIMIT @most;

-- name: InsertNoticeRead :execrows
INSERT INTO notice_reads (notice, account, at) VALUES (@notice, @account, @at) ON CONFLICT DO NOTHING;

-- name: WrongNotices :many
-- Notices whose days or establishment cannot be.
SELECT n.id FROM notices n LEFT JOIN establishments e ON e.id = n.establishment
WHERE (n.establishment <> '' AND e.id IS NULL) OR n.shown_until < n.shown_from OR n.revoked_at < n.recorded_at
   OR (n.on_login = TRUE AND n.establishment <> '')
ORDER BY n.id;

-- name: WrongNoticeReads :many
-- Openings of a notice by somebody whom it was not for.
SELECT r.notice, r.account FROM notice_reads r JOIN notices n ON n.id = r.notice LEFT JOIN accounts a ON a.id = r.account
WHERE a.id IS NULL OR (n.establishment <> '' AND (a.establishment IS NULL OR a.establishment <> n.establishment))
ORDER BY r.notice, r.account;

-- name: NoteJobDone :exec
INSERT INTO jobs (name, last_success) VALUES (@name, @at)
ON CONFLICT (name) DO UPDATE SET last_success = excluded.last_success, failed_at = NULL, failure = '';

-- name: NoteJobFailed :exec
INSERT INTO jobs (name, failed_at, failure) VALUES (@name, @at, @failure)
ON CONFLICT (name) DO UPDATE SET failed_at = excluded.failed_at, failure = excluded.failure;

-- name: EstablishmentChoices :many
-- Every establishment with its company, for a choice: the latest name of each.
SELECT e.id, c.name AS company, CAST(COALESCE((SELECT t.name FROM establishment_terms t
        WHERE t.establishment = e.id AND t.revoked_at IS NULL ORDER BY t.valid_from DESC, t.id DESC LIMIT 1), '') AS text) AS name
FROM establishments e JOIN companies c ON c.id = e.company
WHERE e.search LIKE @pattern
ORDER BY c.name, e.id LIMIT @most;
