package api

import (
	"flag"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"uketsuke/internal/calendar"
	"uketsuke/internal/contract"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The description is made of the routes and the messages themselves, so that it never says anything else.
func TestDescriptionIsCurrent(t *testing.T) {
	t.Parallel()
	want := describe((&Server{}).routes())
	if *update {
		if err := os.WriteFile("openapi.yaml", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(openapi) != want {
		t.Error("openapi.yaml is not current; run the test with -update and read the difference")
	}
	for _, part := range []string{"/api/v1/logon-check:", "/api/v1/contracts/{establishment}:", "LogonAnswer:", "'user_id':", "not-started", "'429':"} {
		if !strings.Contains(want, part) {
			t.Errorf("the description does not say %q", part)
		}
	}
}

// A description is openapi.yaml on its way.
type description struct {
	strings.Builder
	messages []reflect.Type
}

func (d *description) line(depth int, format string, args ...any) {
	fmt.Fprintf(d, strings.Repeat("  ", depth)+format+"\n", args...)
}

func describe(routes []Route) string {
	d := &description{}
	d.line(0, "openapi: 3.1.0")
	d.line(0, "info:")
	d.line(1, "title: uketsuke")
	d.line(1, "version: '1'")
	d.line(1, "description: Every answer that is not 200 is a Problem (RFC 9457).")
	d.line(0, "paths:")
	for _, r := range routes {
		d.route(r)
	}
	d.line(0, "components:")
	d.line(1, "securitySchemes:")
	d.line(2, "token:")
	d.line(3, "type: http")
	d.line(3, "scheme: bearer")
	d.line(1, "schemas:")
	d.ref(reflect.TypeFor[Problem]())
	for i := 0; i < len(d.messages); i++ {
		d.message(d.messages[i])
	}
	return d.String()
}

func (d *description) route(r Route) {
	d.line(1, "%s:", r.Path)
	d.line(2, "%s:", strings.ToLower(r.Method))
	d.line(3, "summary: '%s'", r.Summary)
	if r.Scope != "" {
		d.line(3, "description: The token's scope must be %s.", r.Scope)
		d.line(3, "security: [{token: []}]")
	}
	if name, _, ok := cutWildcard(r.Path); ok || len(r.Query) > 0 {
		d.line(3, "parameters:")
		if ok {
			d.line(4, "- {name: %s, in: path, required: true, schema: {type: string}}", name)
		}
		for _, q := range r.Query {
			d.line(4, "- {name: %s, in: query, required: false, schema: {type: string, format: date}}", q)
		}
	}
	if r.Asks != nil {
		d.line(3, "requestBody:")
		d.line(4, "required: true")
		d.line(4, "content: {application/json: {schema: %s}}", d.ref(reflect.TypeOf(r.Asks)))
	}
	d.line(3, "responses:")
	if r.Answers == nil {
		d.line(4, "'200': {description: OK}")
		return
	}
	d.line(4, "'200': {description: OK, content: {application/json: {schema: %s}}}", d.ref(reflect.TypeOf(r.Answers)))
	for _, code := range failures(r) {
		d.line(4, "'%d': {description: %s, content: {application/problem+json: {schema: %s}}}", code, problemOf(code).Title, d.ref(reflect.TypeFor[Problem]()))
	}
}

// failures are the answers that a route may give besides 200.
func failures(r Route) []int {
	codes := []int{401, 403, 422, 429, 500}
	if r.Asks != nil {
		codes = append(codes, 400, 413, 415)
	} else {
		codes = append(codes, 404)
	}
	slices.Sort(codes)
	return codes
}

func cutWildcard(path string) (name, rest string, ok bool) {
	_, rest, ok = strings.Cut(path, "{")
	name, rest, _ = strings.Cut(rest, "}")
	return name, rest, ok
}

// ref names a message, which is described below.
func (d *description) ref(t reflect.Type) string {
	if !slices.Contains(d.messages, t) {
		d.messages = append(d.messages, t)
	}
	return "{$ref: '#/components/schemas/" + t.Name() + "'}"
}

func (d *description) message(t reflect.Type) {
	d.line(2, "%s:", t.Name())
	d.line(3, "type: object")
	d.line(3, "additionalProperties: false")
	var required []string
	for _, f := range reflect.VisibleFields(t) {
		if name, options, _ := strings.Cut(f.Tag.Get("json"), ","); options == "" {
			required = append(required, "'"+name+"'")
		}
	}
	d.line(3, "required: [%s]", strings.Join(required, ", "))
	d.line(3, "properties:")
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		d.line(4, "'%s': {description: '%s', %s}", name, f.Tag.Get("about"), d.shape(f.Type))
	}
}

func (d *description) shape(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[calendar.Date]():
		return "type: string, format: date"
	case reflect.TypeFor[*calendar.Date]():
		return "type: [string, 'null'], format: date"
	case reflect.TypeFor[contract.LogonReason]():
		var words []string
		for _, reason := range contract.LogonReasons() {
			words = append(words, string(reason))
		}
		return "type: string, enum: [" + strings.Join(words, ", ") + "]"
	}
	switch t.Kind() {
	case reflect.String:
		return "type: string"
	case reflect.Bool:
		return "type: boolean"
	case reflect.Int:
		return "type: integer"
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Struct {
			return "type: array, items: " + d.ref(t.Elem())
		}
		return "type: array, items: {" + d.shape(t.Elem()) + "}"
	}
	panic("no shape for " + t.String())
}
