package store

import (
	"context"
	"fmt"
	"strings"
)

// An EstablishmentRow is one line of the list of establishments.
type EstablishmentRow struct {
	ID, Company, CompanyKana, Name, NameKana string
	// Key is what the list is sorted by.
	Key string
}

// SearchEstablishments lists the establishments that every term leads to, in the order of their search keys, at
// most so many after a row: by company and establishment, phone and mail address as contained, by user code,
// user ID and receipt number as a whole, each along an index. Terms are those of catalogue.SearchTerms.
func (r Reader) SearchEstablishments(ctx context.Context, terms []string, afterKey, afterID string, most int) ([]EstablishmentRow, error) {
	c := conditions{parts: []string{"1 = 1"}}
	for _, term := range terms {
		part, whole := c.arg("%"+escapeLike(term)+"%"), c.arg(term)
		c.parts = append(c.parts, strings.NewReplacer("$part", part, "$whole", whole).Replace(`(REPLACE(e.search, '-', '') LIKE $part ESCAPE '!'
    OR REPLACE(COALESCE(t.phone, ''), '-', '') LIKE $part ESCAPE '!'
    OR e.id IN (SELECT p.establishment FROM accounts p WHERE p.establishment IS NOT NULL
        AND (REPLACE(p.phone, '-', '') LIKE $part ESCAPE '!' OR REPLACE(UPPER(p.email), '-', '') LIKE $part ESCAPE '!'))
    OR e.id IN (SELECT u.establishment FROM user_codes u WHERE u.code = $whole)
    OR e.id IN (SELECT i.establishment FROM user_ids i WHERE i.id = $whole)
    OR e.id IN (SELECT a.establishment FROM application_versions v JOIN applications a ON a.id = v.application WHERE v.receipt = $whole))`))
	}
	if afterID != "" {
		key, id := c.arg(afterKey), c.arg(afterID)
		c.parts = append(c.parts, fmt.Sprintf("(e.search > %s OR (e.search = %s AND e.id > %s))", key, key, id))
	}
	rows, err := r.conn.QueryContext(ctx, fmt.Sprintf(`SELECT e.id, c.name, c.name_kana, COALESCE(t.name, ''), COALESCE(t.name_kana, ''), e.search
FROM establishments e
JOIN companies c ON c.id = e.company
LEFT JOIN establishment_terms t ON t.id = (SELECT x.id FROM establishment_terms x
    WHERE x.establishment = e.id AND x.revoked_at IS NULL ORDER BY x.valid_from DESC, x.id DESC LIMIT 1)
WHERE %s ORDER BY e.search, e.id LIMIT %s`, strings.Join(c.parts, " AND "), c.arg(most)), c.args...)
	if err != nil {
		return nil, fmt.Errorf("listing establishments: %w", err)
	}
	defer rows.Close()
	var list []EstablishmentRow
	for rows.Next() {
		var e EstablishmentRow
		if err := rows.Scan(&e.ID, &e.Company, &e.CompanyKana, &e.Name, &e.NameKana, &e.Key); err != nil {
			return nil, fmt.Errorf("listing establishments: %w", err)
		}
		list = append(list, e)
	}
	return list, rows.Err()
}
