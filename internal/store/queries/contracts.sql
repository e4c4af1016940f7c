-- name: InsertContractTerm :exec
INSERT INTO contract_terms (id, establishment, plan, terminals, general_plan, general_terminals, valid_from, recorded_at, application)
VALUES (@id, @establishment, @plan, @terminals, @general_plan, @general_terminals, @valid_from, @recorded_at, @application);

-- name: ListContractTerms :many
SELECT * FROM contract_terms WHERE establishment = @establishment ORDER BY valid_from, id;

-- name: InsertCodeTerm :exec
INSERT INTO code_terms (id, establishment, code, category, ended, valid_from, recorded_at, application)
VALUES (@id, @establishment, @code, @category, @ended, @valid_from, @recorded_at, @application);

-- name: ListCodeTerms :many
SELECT * FROM code_terms WHERE establishment = @establishment ORDER BY code, valid_from, id;

-- name: InsertIDTerm :exec
INSERT INTO id_terms (id, establishment, user_id, trades, method, single_sign_on, ended, valid_from, recorded_at, application)
VALUES (@id, @establishment, @user_id, @trades, @method, @single_sign_on, @ended, @valid_from, @recorded_at, @application);

-- name: ListIDTerms :many
SELECT * FROM id_terms WHERE establishment = @establishment ORDER BY user_id, valid_from, id;

-- name: InsertCodeService :exec
INSERT INTO code_services (id, establishment, code, statistics_paid, statistics_free, bonded_archive, valid_from, recorded_at, application)
VALUES (@id, @establishment, @code, @statistics_paid, @statistics_free, @bonded_archive, @valid_from, @recorded_at, @application);

-- name: ListCodeServices :many
SELECT * FROM code_services WHERE establishment = @establishment ORDER BY code, valid_from, id;

-- name: InsertCodeSetting :exec
INSERT INTO code_settings (id, establishment, code, tab, content, valid_from, recorded_at, application)
VALUES (@id, @establishment, @code, @tab, @content, @valid_from, @recorded_at, @application);

-- name: ListCodeSettings :many
SELECT * FROM code_settings WHERE establishment = @establishment ORDER BY code, tab, valid_from, id;

-- name: ListCodeSettingsOf :many
SELECT * FROM code_settings WHERE application = @application ORDER BY code, tab, recorded_at, id;

-- name: RevokeCodeTerms :exec
UPDATE code_terms SET revoked_at = @revoked_at WHERE establishment = @establishment AND application = @application AND revoked_at IS NULL;

-- name: RevokeIDTerms :exec
UPDATE id_terms SET revoked_at = @revoked_at WHERE establishment = @establishment AND application = @application AND revoked_at IS NULL;

-- name: RevokeCodeServices :exec
UPDATE code_services SET revoked_at = @revoked_at WHERE establishment = @establishment AND application = @application AND revoked_at IS NULL;

-- name: RevokeCodeSettings :exec
UPDATE code_settings SET revoked_at = @revoked_at WHERE establishment = @establishment AND application = @application AND revoked_at IS NULL;

-- name: RevokeCodeSettingTab :exec
UPDATE code_settings SET revoked_at = @revoked_at WHERE application = @application AND code = @code AND tab = @tab AND revoked_at IS NULL;

-- name: VoidedApplications :many
-- Applications of an establishment whose approval does not count: recorded as void, or past the stored
-- settings deadline without completion (R-SET-1).
SELECT id FROM applications
WHERE establishment = @establishment
  AND (state = 'void' OR (state = 'approved' AND settings_complete = FALSE AND settings_deadline < @settings_deadline));
