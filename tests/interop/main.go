// A public client's view of a ledger: golang.org/x/mod/sumdb/note and sumdb/tlog over the folder that `sinetti ledger
// tiles` writes, over proofs and consistency proofs; and a ledger written by them for `sinetti verify`.
//
//	interop folder DIR VKEY...             the checkpoint, every tile and entry; proofs of inclusion and consistency
//	interop proof FILE VKEY                a tlog-proof
//	interop consistency FILE DIR M N VKEY  hashes, one a line, from M to N facts
//	interop write DIR N NAME               prints the verifier key
//
// Each ends with "ok: …" and exit code 0, or says what is wrong.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

type head struct {
	origin string
	tree   tlog.Tree
	signed *note.Note
}

// open reads a checkpoint that at least one of the keys has signed.
func open(text []byte, vkeys []string) (*head, error) {
	var known []note.Verifier
	for _, k := range vkeys {
		v, err := note.NewVerifier(k)
		if err != nil {
			return nil, err
		}
		known = append(known, v)
	}
	n, err := note.Open(text, note.VerifierList(known...))
	if err != nil {
		return nil, err
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return nil, fmt.Errorf("a checkpoint of %d lines", len(lines)-1)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return nil, err
	}
	hash, err := tlog.ParseHash(lines[2])
	if err != nil {
		return nil, err
	}
	return &head{lines[0], tlog.Tree{N: size, Hash: hash}, n}, nil
}

// path is that of C2SP tlog-tiles: x/mod's own has the height of tiles in it.
func path(t tlog.Tile) string {
	own := fmt.Sprintf("tile/%d/", height)
	if t.L == -1 {
		return "tile/entries/" + strings.TrimPrefix(t.Path(), own+"data/")
	}
	return "tile/" + strings.TrimPrefix(t.Path(), own)
}

// folder is a tlog.TileReader. It keeps what it read.
type folder struct {
	dir  string
	read map[string][]byte
}

func (f *folder) Height() int                         { return height }
func (f *folder) SaveTiles(_ []tlog.Tile, _ [][]byte) {}

func (f *folder) file(name string) ([]byte, error) {
	if data, found := f.read[name]; found {
		return data, nil
	}
	data, err := os.ReadFile(filepath.Join(f.dir, name))
	if err == nil {
		f.read[name] = data
	}
	return data, err
}

func (f *folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var out [][]byte
	for _, t := range tiles {
		data, err := f.file(path(t))
		if err != nil {
			return nil, err
		}
		out = append(out, data)
	}
	return out, nil
}

// entries are the records of a bundle: 2 bytes of length, then the leaf.
func entries(data []byte) ([][]byte, error) {
	var out [][]byte
	for len(data) > 0 {
		if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
			return nil, errors.New("a bundle is cut")
		}
		n := int(binary.BigEndian.Uint16(data))
		out, data = append(out, data[2:2+n]), data[2+n:]
	}
	return out, nil
}

// rootOf is tlog.TreeHash but for the empty tree, whose root is RFC 6962's; tlog's older versions have zeros there.
func rootOf(n int64, r tlog.HashReader) (tlog.Hash, error) {
	if n == 0 {
		return sha256.Sum256(nil), nil
	}
	return tlog.TreeHash(n, r)
}

func checkConsistency(r tlog.HashReader, tree tlog.Tree, old int64) error {
	hash, err := tlog.TreeHash(old, r)
	if err != nil {
		return err
	}
	proof, err := tlog.ProveTree(tree.N, old, r)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, tree.N, tree.Hash, old, hash)
}

// checkLeaves finds each leaf under its place in the tiles, and proves some of them to be in the tree.
func checkLeaves(r tlog.HashReader, tree tlog.Tree, first int64, leaves [][]byte) error {
	var indexes []int64
	for i := range leaves {
		indexes = append(indexes, tlog.StoredHashIndex(0, first+int64(i)))
	}
	hashes, err := r.ReadHashes(indexes)
	if err != nil {
		return err
	}
	for i, leaf := range leaves {
		n := first + int64(i)
		if hashes[i] != tlog.RecordHash(leaf) || !bytes.Contains(leaf, []byte(fmt.Sprintf(`,"n":%d,"v":1}`, n))) {
			return fmt.Errorf("leaf %d is another: %s", n, leaf)
		}
		if n%(tree.N/2000+1) != 0 && n != tree.N-1 {
			continue
		}
		proof, err := tlog.ProveRecord(tree.N, n, r)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, n, tlog.RecordHash(leaf)); err != nil {
			return fmt.Errorf("leaf %d: %v", n, err)
		}
	}
	return nil
}

func checkHandovers(dir string, r tlog.HashReader, vkeys []string) (int, error) {
	names, err := os.ReadDir(filepath.Join(dir, "handover"))
	if os.IsNotExist(err) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(dir, "handover", name.Name()))
		if err != nil {
			return 0, err
		}
		h, err := open(text, vkeys)
		if err != nil {
			return 0, err
		}
		hash, err := tlog.TreeHash(h.tree.N, r)
		if err != nil {
			return 0, err
		}
		if len(h.signed.Sigs) != 2 || hash != h.tree.Hash || name.Name() != strconv.FormatInt(h.tree.N, 10) {
			return 0, fmt.Errorf("handover %s: %d signatures, size %d", name.Name(), len(h.signed.Sigs), h.tree.N)
		}
	}
	return len(names), nil
}

func checkFolder(dir string, vkeys []string) error {
	text, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		return err
	}
	h, err := open(text, vkeys)
	if err != nil {
		return err
	}
	f := &folder{dir, map[string][]byte{}}
	r := tlog.TileHashReader(h.tree, f)
	hash, err := rootOf(h.tree.N, r)
	if err != nil || hash != h.tree.Hash {
		return fmt.Errorf("the root: %v, %v", hash, err)
	}
	for n := int64(0); n*256 < h.tree.N; n++ {
		width := 256
		if h.tree.N-n*256 < 256 {
			width = int(h.tree.N - n*256)
		}
		name := path(tlog.Tile{H: height, L: -1, N: n, W: width})
		data, err := f.file(name)
		if err != nil {
			return err
		}
		leaves, err := entries(data)
		if err != nil || len(leaves) != width {
			return fmt.Errorf("%s: %d leaves, %v", name, len(leaves), err)
		}
		if err := checkLeaves(r, h.tree, n*256, leaves); err != nil {
			return fmt.Errorf("%s: %v", name, err)
		}
	}
	step := h.tree.N/500 + 1
	for old := int64(1); old <= h.tree.N; old += step {
		if err := checkConsistency(r, h.tree, old); err != nil {
			return fmt.Errorf("consistency from %d: %v", old, err)
		}
	}
	handovers, err := checkHandovers(dir, r, vkeys)
	if err != nil {
		return err
	}
	fmt.Printf("ok: %s, %d facts, %d files read, %d handovers\n", h.origin, h.tree.N, len(f.read), handovers)
	return nil
}

// checkProof takes a C2SP tlog-proof apart. The leaf is the first record of its extra.
func checkProof(file, vkey string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	top, text, found := strings.Cut(string(data), "\n\n")
	lines := strings.Split(top, "\n")
	if !found || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("no tlog-proof with extra")
	}
	extra, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra "))
	if err != nil || len(extra) < 2 || len(extra)-2 < int(binary.BigEndian.Uint16(extra)) {
		return fmt.Errorf("extra: %v", err)
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
	if err != nil {
		return err
	}
	proof, err := hashes(lines[3:])
	if err != nil {
		return err
	}
	h, err := open([]byte(text), []string{vkey})
	if err != nil {
		return err
	}
	leaf := extra[2 : 2+binary.BigEndian.Uint16(extra)]
	if err := tlog.CheckRecord(proof, h.tree.N, h.tree.Hash, index, tlog.RecordHash(leaf)); err != nil {
		return err
	}
	fmt.Printf("ok: fact %d of %d\n", index, h.tree.N)
	return nil
}

func hashes(lines []string) ([]tlog.Hash, error) {
	var out []tlog.Hash
	for _, line := range lines {
		h, err := tlog.ParseHash(line)
		if err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	return out, nil
}

// checkConsistencyFile is about two sizes of the ledger whose tiles are in dir.
func checkConsistencyFile(file, dir string, old, size int64, vkey string) error {
	text, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		return err
	}
	h, err := open(text, []string{vkey})
	if err != nil {
		return err
	}
	r := tlog.TileHashReader(h.tree, &folder{dir, map[string][]byte{}})
	oldHash, err := tlog.TreeHash(old, r)
	if err != nil {
		return err
	}
	hash, err := tlog.TreeHash(size, r)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	proof, err := hashes(strings.Fields(string(data)))
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, size, hash, old, oldHash); err != nil {
		return err
	}
	fmt.Printf("ok: %d facts begin with %d\n", size, old)
	return nil
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "interop:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) >= 3 && args[0] == "folder":
		return checkFolder(args[1], args[2:])
	case len(args) == 3 && args[0] == "proof":
		return checkProof(args[1], args[2])
	case len(args) == 6 && args[0] == "consistency":
		old, err := strconv.ParseInt(args[3], 10, 64)
		if err != nil {
			return err
		}
		size, err := strconv.ParseInt(args[4], 10, 64)
		if err != nil {
			return err
		}
		return checkConsistencyFile(args[1], args[2], old, size, args[5])
	case len(args) == 4 && args[0] == "write":
		n, err := strconv.ParseInt(args[2], 10, 64)
		if err != nil {
			return err
		}
		return writeFolder(args[1], n, args[3])
	}
	return errors.New("folder DIR VKEY... | proof FILE VKEY | consistency FILE DIR M N VKEY | write DIR N NAME")
}
