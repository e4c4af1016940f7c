package main

import (
	"errors"

	"uketsuke/internal/problem"
	"uketsuke/internal/userid"
)

// An explainNextNumber asks R-ID-4 and R-ID-5.
type explainNextNumber struct {
	Method    string `required:"" placeholder:"KEY" help:"Method of the catalogue, such as netnaccs."`
	After     string `placeholder:"NUMBER" help:"The number before; without it, the first."`
	Catalogue string `placeholder:"DIR" env:"UKETSUKE_CATALOGUE" help:"Folder of CSV files laid over the built-in catalogue."`
}

// Run prints the number.
func (e *explainNextNumber) Run(p *process) error {
	tables, err := loadCatalogue(e.Catalogue)
	if err != nil {
		return err
	}
	method, known := tables.Method(e.Method)
	var problems problem.List
	switch {
	case !known:
		problems.Add("method", "R-APP-7", "処理方式「%s」はありません。", e.Method)
	case !method.Offered:
		problems.Add("method", "R-APP-7", "処理方式「%s」は新たに申し込めません。", method.Name)
	}
	if err := problems.Err(); err != nil {
		return err
	}
	next, err := userid.NextNumber(method.Class, userid.Number(e.After))
	if malformed, ok := errors.AsType[userid.Malformed](err); ok {
		return problem.List{malformed.Problem}
	}
	if errors.Is(err, userid.ErrExhausted) {
		problems.Add("after", "R-ID-4", "「%s」より後の識別番号はありません。", userid.Fold(e.After))
		return problems
	}
	if err != nil {
		problems.Add("after", "R-ID-3", "識別番号「%s」は、処理方式「%s」の番号ではありません。", userid.Fold(e.After), method.Name)
		return problems
	}
	p.printf("%s\n", next)
	return nil
}
