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
