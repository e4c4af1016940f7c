-- name: InsertCompany :exec
INSERT INTO companies (id, name, name_kana, created_at) VALUES (@id, @name, @name_kana, @created_at);

-- name: GetCompany :one
SELECT * FROM companies WHERE id = @id;

-- name: InsertAbbreviation :exec
INSERT INTO company_abbreviations (abbreviation, company, position) VALUES (@abbreviation, @company, @position);

-- name: ListAbbreviations :many
SELECT abbreviation FROM company_abbreviations WHERE company = @company ORDER BY position, abbreviation;

-- name: InsertEstablishment :exec
INSERT INTO establishments (id, company, region, search, created_at) VALUES (@id, @company, @region, @search, @created_at);

-- name: GetEstablishment :one
SELECT * FROM establishments WHERE id = @id;

-- name: LockEstablishment :one
-- The second statement of every command that rests on or changes the contract.
UPDATE establishments SET version = version + 1 WHERE id = @id RETURNING *;

-- name: InsertEstablishmentTerm :exec
INSERT INTO establishment_terms (id, establishment, name, name_kana, postal_code, address, phone, fax, emergency_fax, signatory_position, signatory_name, valid_from, recorded_at, application)
VALUES (@id, @establishment, @name, @name_kana, @postal_code, @address, @phone, @fax, @emergency_fax, @signatory_position, @signatory_name, @valid_from, @recorded_at, @application);

-- name: ListEstablishmentTerms :many
SELECT * FROM establishment_terms WHERE establishment = @establishment ORDER BY valid_from, id;

-- name: InsertContractTerm :exec
INSERT INTO contract_terms (id, establishment, plan, terminals, general_plan, general_terminals, valid_from, recorded_at, application)
VALUES (@id, @establishment, @plan, @terminals, @general_plan, @general_terminals, @valid_from, @recorded_at, @application);

-- name: ListContractTerms :many
SELECT * FROM contract_terms WHERE establishment = @establishment ORDER BY valid_from, id;

-- name: TakeNext :one
-- Takes the next value of a series, from 0; the row stays locked to the end of the transaction.
INSERT INTO counters (name, next) VALUES (@name, 1)
ON CONFLICT (name) DO UPDATE SET next = counters.next + 1
RETURNING next;

-- name: PeekCounter :one
SELECT next FROM counters WHERE name = @name;

-- name: InsertUserCode :execrows
-- Zero rows: the code is taken, take the next (R-ID-10).
INSERT INTO user_codes (code, establishment, application, placeholder, born_at)
VALUES (@code, @establishment, @application, @placeholder, @born_at) ON CONFLICT DO NOTHING;

-- name: InsertUserID :execrows
INSERT INTO user_ids (id, code, number, establishment, application, row_index, born_at)
VALUES (@id, @code, @number, @establishment, @application, @row_index, @born_at) ON CONFLICT DO NOTHING;

-- name: ListCodesOf :many
SELECT * FROM user_codes WHERE application = @application ORDER BY placeholder, code;

-- name: ListIDsOf :many
SELECT * FROM user_ids WHERE application = @application ORDER BY code, row_index, id;

-- name: CodesUnder :many
-- The user codes under an abbreviation in every region, used ones and tombstones.
SELECT code FROM user_codes WHERE substr(code, 3) = @abbreviation ORDER BY code;

-- name: ListCodesOfEstablishment :many
SELECT * FROM user_codes WHERE establishment = @establishment ORDER BY code;

-- name: ListIDsOfEstablishment :many
SELECT * FROM user_ids WHERE establishment = @establishment ORDER BY id;

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

-- name: ReserveArea :execrows
INSERT INTO bonded_areas (code, application, placeholder, user_code, reserved_at)
VALUES (@code, @application, @placeholder, @user_code, @reserved_at) ON CONFLICT DO NOTHING;

-- name: GetArea :one
-- freed is 1 when the application that gives the area up has taken effect, or the one that reserved it is void by
-- its deadline, recorded or not (R-APP-9, R-CON-4).
SELECT b.code, b.application, b.placeholder, b.user_code, b.freed_by,
       CAST(CASE WHEN f.state = 'approved' AND f.start_date <= @today
                  AND NOT (f.settings_deadline IS NOT NULL AND f.settings_complete = FALSE AND f.settings_deadline < @today)
                 THEN 1
                 WHEN o.state = 'approved' AND o.settings_complete = FALSE AND o.settings_deadline < @today
                 THEN 1 ELSE 0 END AS bigint) AS freed
FROM bonded_areas b LEFT JOIN applications f ON f.id = b.freed_by AND b.freed_by <> ''
    LEFT JOIN applications o ON o.id = b.application
WHERE b.code = @code;

-- name: ListAreasOf :many
SELECT * FROM bonded_areas WHERE application = @application ORDER BY code;

-- name: FreeArea :exec
DELETE FROM bonded_areas WHERE code = @code AND application = @application;

-- name: FreeAreasOf :exec
DELETE FROM bonded_areas WHERE application = @application;

-- name: InsertClosingEntry :exec
INSERT INTO closing_entries (number, day, closed, name, recorded_at, recorded_by)
VALUES (@number, @day, @closed, @name, @recorded_at, @recorded_by);

-- name: ListClosingEntries :many
-- Every entry in the order in which they were made; the latest of a day counts (R-CAL-1).
SELECT * FROM closing_entries ORDER BY number;
