package kit

import (
	"fmt"
	"html/template"
	"text/template/parse"
)

// All pages of a language are one set of templates, so that layout and parts are in memory once for all of them. Each page
// defines "title" and "main" anew, and the layout calls them by these names; a set knows a name once. A page's templates
// are therefore put into the set under names of their own, "top/title", beside a copy of the layout, "top/page", that
// calls them.

// LayoutName is the layout's template, by which a page is executed.
const LayoutName = "page"

// PageName is what a template of a page is called in the set.
func PageName(page, name string) string { return page + "/" + name }

// NewSet reads layout, parts and pages once.
func NewSet(list []Declared, functions template.FuncMap) (*template.Template, error) {
	set, err := template.New("").Funcs(functions).ParseFS(TemplateFiles, "templates/layout/*.html", "templates/parts/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse layout and parts: %w", err)
	}
	for _, p := range list {
		if err := addPage(set, p.Name, functions); err != nil {
			return nil, fmt.Errorf("parse page %s: %w", p.Name, err)
		}
	}
	return set, nil
}

// addPage puts a page's templates into the set.
func addPage(set *template.Template, page string, functions template.FuncMap) error {
	own, err := template.New("").Funcs(functions).ParseFS(TemplateFiles, "templates/"+page+".html")
	if err != nil {
		return err
	}
	trees := map[string]*parse.Tree{LayoutName: set.Lookup(LayoutName).Tree.Copy()}
	for _, t := range own.Templates() {
		if t.Tree != nil && t.Name() != page+".html" { // what stands between the definitions is white space
			trees[t.Name()] = t.Tree
		}
	}
	for name, tree := range trees {
		callOwn(tree.Root, page, trees)
		if _, err := set.AddParseTree(PageName(page, name), tree); err != nil {
			return err
		}
	}
	return nil
}

// callOwn makes a template call what its page defines by the page's own names; parts keep theirs.
func callOwn(node parse.Node, page string, own map[string]*parse.Tree) {
	switch n := node.(type) {
	case *parse.ListNode:
		if n == nil {
			return // an if without an else
		}
		for _, inner := range n.Nodes {
			callOwn(inner, page, own)
		}
	case *parse.TemplateNode:
		if own[n.Name] != nil {
			n.Name = PageName(page, n.Name)
		}
	case *parse.IfNode:
		callBranches(n.BranchNode, page, own)
	case *parse.RangeNode:
		callBranches(n.BranchNode, page, own)
	case *parse.WithNode:
		callBranches(n.BranchNode, page, own)
	}
}

func callBranches(n parse.BranchNode, page string, own map[string]*parse.Tree) {
	callOwn(n.List, page, own)
	callOwn(n.ElseList, page, own)
}
