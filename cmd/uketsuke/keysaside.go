package main

type asideKeysCommand struct{ toolFlags }

// Run prints what is set aside or about to be. It changes nothing.
func (c *asideKeysCommand) Run(p *process) error {
	return c.look(p, func(t *tool) error {
		keys, err := t.desk.KeysAside(p.ctx)
		if err != nil {
			return err
		}
		for _, k := range keys {
			lies, why := "in use, to be set aside", "the database does not know its application"
			if !k.Aside.IsZero() {
				lies = "set aside on " + k.Aside.String()
			}
			switch {
			case k.Named:
				why = "the database names it: it comes back"
			case k.Known:
				why = "the database knows its application, and names no such key: of an attempt that was killed, or of another state of the database"
			case k.Lost:
				why = "its application was lost by a restore"
			}
			p.printf("%s  readable to %s  %s  %s\n", k.Name, k.LastDay, lies, why)
		}
		p.printf("%d keys\n", len(keys))
		return nil
	})
}

type bringBackCommand struct {
	toolFlags
	Really bool `help:"Do it. Without this nothing is changed, and what would be done is printed."`
}

// Run brings back. The clock's work does the same at its next round.
func (c *bringBackCommand) Run(p *process) error {
	return c.look(p, func(t *tool) error {
		if c.Really {
			done, err := t.desk.BringBack(p.ctx, operatorActor())
			for _, name := range done {
				p.printf("brought back: %s\n", name)
			}
			return err
		}
		keys, err := t.desk.KeysAside(p.ctx)
		for _, k := range keys {
			if k.Named {
				p.printf("would bring back: %s\n", k.Name)
			}
		}
		p.printf("nothing was changed; add --really to do it\n")
		return err
	})
}
