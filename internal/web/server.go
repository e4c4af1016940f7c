package web

import (
	"uketsuke/internal/web/apply"
	"uketsuke/internal/web/cases"
	"uketsuke/internal/web/centre"
	"uketsuke/internal/web/examine"
	"uketsuke/internal/web/holding"
	"uketsuke/internal/web/kit"
	"uketsuke/internal/web/people"
	"uketsuke/internal/web/signin"
)

// A Server answers the browsers. It is safe for concurrent use.
type Server struct {
	*kit.Kit
	holding *holding.Pages
	cases   *cases.Pages
	signin  *signin.Pages
	people  *people.Pages
	apply   *apply.Pages
	examine *examine.Pages
	centre  *centre.Pages
}

// New makes a Server of a configuration.
func New(c kit.Config) (*Server, error) {
	k, err := kit.New(c, pages())
	if err != nil {
		return nil, err
	}
	s := &Server{Kit: k}
	s.holding = holding.New(k)
	s.cases = cases.New(k)
	s.signin = signin.New(k)
	s.people = people.New(k)
	s.apply = apply.New(k, s.cases, s.holding)
	s.examine = examine.New(k, s.apply, s.cases)
	s.centre = centre.New(k, s.cases)
	s.route()
	return s, nil
}
