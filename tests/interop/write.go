package main

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// stored are the hashes of a growing tree, in tlog's order.
type stored []tlog.Hash

func (s *stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, at := range indexes {
		out[i] = (*s)[at]
	}
	return out, nil
}

// record is a fact as docs/formats/ledger.md says, sections 2, 3 and 5.
func record(n int64) (leaf, body []byte) {
	text := fmt.Sprintf(`{"actor":"unknown","credential":"","kind":"note","payload":{"text":"number %d"},"subject":"org","via":"import"}`, n)
	salt := sha256.Sum256([]byte(fmt.Sprint("salt ", n)))
	digest := sha256.Sum256([]byte("sinetti-fact-v1\n" + string(salt[:16]) + text))
	leaf = []byte(fmt.Sprintf(`{"at":%d,"digest":"%x","kind":"note","n":%d,"v":1}`, 1767225600000000+n, digest, n))
	body = binary.BigEndian.AppendUint32(nil, uint32(16+len(text)))
	return leaf, append(append(body, salt[:16]...), text...)
}

func put(dir, name string, data []byte) error {
	name = filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err
	}
	return os.WriteFile(name, data, 0o666)
}

func writeFolder(dir string, n int64, name string) error {
	secret, vkey, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		return err
	}
	var s stored
	var bundle, bodies bytes.Buffer
	for i := int64(0); i < n; i++ {
		leaf, body := record(i)
		hashes, err := tlog.StoredHashes(i, leaf, &s)
		if err != nil {
			return err
		}
		s = append(s, hashes...)
		_ = binary.Write(&bundle, binary.BigEndian, uint16(len(leaf)))
		bundle.Write(leaf)
		bodies.Write(body)
		if (i+1)%256 != 0 && i+1 != n {
			continue
		}
		t := path(tlog.Tile{H: height, L: -1, N: i / 256, W: int(i%256) + 1})
		if err := put(dir, t, bundle.Bytes()); err != nil {
			return err
		}
		if err := put(dir, "bodies"+t[len("tile/entries"):], bodies.Bytes()); err != nil {
			return err
		}
		bundle.Reset()
		bodies.Reset()
	}
	for _, t := range tlog.NewTiles(height, 0, n) {
		data, err := tlog.ReadTileData(t, &s)
		if err != nil {
			return err
		}
		if err := put(dir, path(t), data); err != nil {
			return err
		}
	}
	root, err := rootOf(n, &s)
	if err != nil {
		return err
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		return err
	}
	signed, err := note.Sign(&note.Note{Text: fmt.Sprintf("%s\n%d\n%v\n", name, n, root)}, signer)
	if err != nil {
		return err
	}
	fmt.Println(vkey)
	return put(dir, "checkpoint", signed)
}
