package audit

import (
	"errors"
	"fmt"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// A TreeHash is a hash of the Merkle tree over the log (RFC 6962): of a leaf, of an inner node, or the root.
type TreeHash = tlog.Hash

// LeafHash is the hash of the leaf of an entry's text: over exactly the bytes that are stored.
func LeafHash(text string) TreeHash { return tlog.RecordHash([]byte(text)) }

// ParseTreeHash reads a hash as it is stored and exported, in base64.
func ParseTreeHash(text string) (TreeHash, error) { return tlog.ParseHash(text) }

// A Node is the hash of a whole subtree: 2^Level leaves.
type Node struct {
	Level int      `json:"level"`
	Hash  TreeHash `json:"hash"`
}

// A Range is the left part of a tree, kept as the few subtrees that it consists of: enough to add leaves and
// to say the root, however long the log is. The zero value is the empty tree.
type Range struct {
	size  int64
	nodes []Node // from the left, their levels falling
}

// Size is the number of leaves.
func (r *Range) Size() int64 { return r.size }

// Add adds a leaf at the right.
func (r *Range) Add(leaf TreeHash) { r.push(Node{0, leaf}) }

// ErrEdge says that a subtree does not fit where it is added.
var ErrEdge = errors.New("a subtree does not fit into the tree")

// AddNode adds a whole subtree at the right; the size so far must be a multiple of its leaves.
func (r *Range) AddNode(n Node) error {
	if n.Level < 0 || n.Level > 62 || r.size&(1<<n.Level-1) != 0 {
		return fmt.Errorf("%w: level %d at %d", ErrEdge, n.Level, r.size)
	}
	r.push(n)
	return nil
}

func (r *Range) push(n Node) {
	r.size += 1 << n.Level
	for len(r.nodes) > 0 && r.nodes[len(r.nodes)-1].Level == n.Level {
		left := r.nodes[len(r.nodes)-1]
		r.nodes = r.nodes[:len(r.nodes)-1]
		n = Node{n.Level + 1, tlog.NodeHash(left.Hash, n.Hash)}
	}
	r.nodes = append(r.nodes, n)
}

// Root is the hash of the whole tree; of the empty tree it is that of nothing, as RFC 6962 has it.
func (r *Range) Root() TreeHash {
	if len(r.nodes) == 0 {
		return emptyRoot()
	}
	root := r.nodes[len(r.nodes)-1].Hash
	for i := len(r.nodes) - 2; i >= 0; i-- {
		root = tlog.NodeHash(r.nodes[i].Hash, root)
	}
	return root
}

func emptyRoot() TreeHash {
	root, err := tlog.TreeHash(0, nil)
	if err != nil {
		return TreeHash{}
	}
	return root
}

// A Place is where a node stands: the Index-th from the left of its level.
type Place struct {
	Level int
	Index int64
}

// Position is the number under which the node is stored: a leaf's hash, then the nodes that it completes.
func (p Place) Position() int64 { return tlog.StoredHashIndex(p.Level, p.Index) }

// PlaceOf is the place that is stored under a number.
func PlaceOf(position int64) Place {
	level, index := tlog.SplitStoredHashIndex(position)
	return Place{level, index}
}

// Edge lists the whole subtrees, from the left, that the leaves from one to another consist of: what stands
// in place of the leaves that an export does not hold.
func Edge(from, to int64) []Place {
	var places []Place
	for from < to {
		level := bits.Len64(uint64(to-from)) - 1
		if from > 0 {
			level = min(level, bits.TrailingZeros64(uint64(from)))
		}
		places = append(places, Place{level, from >> level})
		from += 1 << level
	}
	return places
}
