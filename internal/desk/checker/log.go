package checker

import (
	"errors"

	"uketsuke/internal/audit"
	"uketsuke/internal/desk/auditlog"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/store"
	"uketsuke/internal/store/query"
)

// log looks at the audit log: every entry has its place or waits for one, every leaf has its entry but for what
// retention removed, the tree is the one that was signed, and the stored nodes are those of the leaves.
func (k *checking) log() error {
	for _, pass := range []func() error{k.unplaced, k.bareLeaves, k.signedTree, k.storedTree} {
		if err := pass(); err != nil {
			return err
		}
	}
	return nil
}

// trap18 stands in findings about the log: no rule speaks of it.
const trap18 = "trap 18"

func (k *checking) unplaced() error {
	err := command.Pages(func(after string) (string, error) {
		ids, err := k.q.EntriesWithoutLeaf(k.ctx, query.EntriesWithoutLeafParams{After: after, Most: command.CheckPage})
		if err != nil || len(ids) == 0 {
			return "", err
		}
		for _, id := range ids {
			k.add(trap18, "", "audit entry %s has no place in the log, and waits for none", id)
		}
		return ids[len(ids)-1], nil
	})
	if err != nil {
		return err
	}
	gone, err := k.q.PendingWithoutEntry(k.ctx, command.CheckPage)
	for _, id := range gone {
		k.add(trap18, "", "audit entry %s was removed before it had its place in the log", id)
	}
	return err
}

func (k *checking) bareLeaves() error {
	tree, err := k.q.GetTree(k.ctx)
	if err != nil {
		return err
	}
	bare, err := k.q.LeavesWithoutEntry(k.ctx, query.LeavesWithoutEntryParams{First: tree.DroppedTo, Most: command.CheckPage})
	for _, seq := range bare {
		k.add(trap18, "", "audit entry of leaf %d is gone, and retention has removed only those before %d", seq, tree.DroppedTo)
	}
	return err
}

// signedTree verifies the log to its last checkpoint.
func (k *checking) signedTree() error {
	if state, err := auditlog.ReadLogState(k.ctx, k.q); err != nil || state.Last.Number == 0 {
		return err
	}
	report, err := k.desk.auditlog.VerifyLog(k.ctx)
	if err != nil {
		return err
	}
	for _, f := range report.Findings {
		k.add(trap18, "", "the audit log: %s", f)
	}
	return nil
}

// storedTree compares the stored nodes, which proofs rest on, with the leaves, also beyond the last checkpoint.
func (k *checking) storedTree() error {
	tree, err := k.q.GetTree(k.ctx)
	if err != nil {
		return err
	}
	var leaves audit.Range
	err = k.desk.auditlog.WalkLeaves(k.ctx, 0, tree.Size, false, func(l audit.Leaf) error { leaves.Add(l.Hash); return nil })
	if err != nil {
		return err
	}
	root, err := audit.Root(tree.Size, auditlog.NewNodes(k.ctx, k.q).Hash)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err != nil || root != leaves.Root() {
		k.add(trap18, "", "the stored nodes of the audit log are not those of its %d leaves", tree.Size)
	}
	return nil
}
