package main

import "runtime/debug"

// A versionCommand prints what this binary was made of.
type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(p *process) error {
	p.printf("%s\n", version())
	return nil
}

// version is the module's version, or the commit it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "uketsuke (unknown)"
	}
	text := "uketsuke " + info.Main.Version
	for _, setting := range info.Settings {
		switch {
		case setting.Key == "vcs.revision":
			text += " " + setting.Value
		case setting.Key == "vcs.modified" && setting.Value == "true":
			text += " (changed)"
		}
	}
	return text + " " + info.GoVersion
}
