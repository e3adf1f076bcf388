// A second opinion in Go, made of golang.org/x/mod/sumdb/note and tlog only: are these notes, proofs and tiles right?
//
// Reads a JSON list of cases from the file named, and answers with a JSON list: an empty text for each case that holds,
// else why it does not. TileHashReader is not used: in the version that Debian has it accepts forged tiles.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type testCase struct {
	Kind string
	// Names and Ed25519 keys that a note may be signed with.
	Name string
	Key  []byte
	// note: a signed note. proof: a whole .tlog-proof, and the line it is about.
	Text []byte
	Line []byte
	// tree: an older checkpoint, the newer one in Text, and the hashes between them.
	Older  []byte
	Hashes [][]byte
	// same: every line of a log; roots and proofs made by others have to be the ones Go makes.
	Lines       [][]byte
	Roots       []sizeRoot
	Inclusion   []inclusion
	Consistency []consistency
	// tiles: a directory with an export of the log of Lines.
	Dir string
}

type sizeRoot struct {
	Size int64
	Root []byte
}

type inclusion struct {
	Index, Size int64
	Hashes      [][]byte
}

type consistency struct {
	From, To int64
	Hashes   [][]byte
}

func main() {
	data, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	var cases []testCase
	if err := json.Unmarshal(data, &cases); err != nil {
		panic(err)
	}
	answers := make([]string, len(cases))
	for i, one := range cases {
		if err := check(one); err != nil {
			answers[i] = "refused: " + err.Error()
		}
	}
	json.NewEncoder(os.Stdout).Encode(answers)
}

func check(one testCase) error {
	switch one.Kind {
	case "note":
		_, err := open(one.Text, one)
		return err
	case "proof":
		return checkProof(one)
	case "tree":
		return checkTree(one)
	case "same":
		return checkSame(one)
	case "tiles":
		return checkTiles(one)
	}
	return errors.New("no such kind")
}

func open(text []byte, one testCase) (string, error) {
	vkey, err := note.NewEd25519VerifierKey(one.Name, one.Key)
	if err != nil {
		return "", err
	}
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return "", err
	}
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return "", err
	}
	return opened.Text, nil
}

// The size and root of a checkpoint, C2SP tlog-checkpoint.
func openCheckpoint(text []byte, one testCase) (int64, tlog.Hash, error) {
	body, err := open(text, one)
	if err != nil {
		return 0, tlog.Hash{}, err
	}
	lines := strings.Split(body, "\n")
	if len(lines) < 4 || lines[0] != one.Name {
		return 0, tlog.Hash{}, errors.New("not a checkpoint of this log")
	}
	size, err := decimal(lines[1])
	if err != nil {
		return 0, tlog.Hash{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return size, root, err
}

// C2SP tlog-proof.
func checkProof(one testCase) error {
	at := bytes.Index(one.Text, []byte("\n\n"))
	if at < 0 {
		return errors.New("no empty line")
	}
	lines := strings.Split(string(one.Text[:at]), "\n")
	if lines[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("another first line")
	}
	lines = lines[1:]
	if len(lines) > 0 && strings.HasPrefix(lines[0], "extra ") {
		lines = lines[1:]
	}
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "index ") {
		return errors.New("no index")
	}
	index, err := decimal(lines[0][len("index "):])
	if err != nil {
		return err
	}
	var proof tlog.RecordProof
	for _, line := range lines[1:] {
		// Go's decoder overlooks bits that stand for nothing; a proof has one way to be written.
		hash, err := tlog.ParseHash(line)
		if err != nil || hash.String() != line {
			return errors.New("not a hash in base64")
		}
		proof = append(proof, hash)
	}
	size, root, err := openCheckpoint(one.Text[at+2:], one)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(proof, size, root, index, tlog.RecordHash(one.Line))
}

func checkTree(one testCase) error {
	from, fromRoot, err := openCheckpoint(one.Older, one)
	if err != nil {
		return err
	}
	to, toRoot, err := openCheckpoint(one.Text, one)
	if err != nil {
		return err
	}
	proof, err := hashes(one.Hashes)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, to, toRoot, from, fromRoot)
}

func checkSame(one testCase) error {
	stored, err := store(one.Lines)
	if err != nil {
		return err
	}
	for _, given := range one.Roots {
		own, err := tlog.TreeHash(given.Size, stored)
		if err != nil || !bytes.Equal(own[:], given.Root) {
			return fmt.Errorf("size %d has another root: %v", given.Size, err)
		}
	}
	for _, given := range one.Inclusion {
		own, err := tlog.ProveRecord(given.Size, given.Index, stored)
		if err != nil || !same(own, given.Hashes) {
			return fmt.Errorf("entry %d of %d has another proof: %v", given.Index, given.Size, err)
		}
	}
	for _, given := range one.Consistency {
		own, err := tlog.ProveTree(given.To, given.From, stored)
		if err != nil || !same(own, given.Hashes) {
			return fmt.Errorf("from %d to %d is another proof: %v", given.From, given.To, err)
		}
	}
	return nil
}

// Every tile that Go says there is lies in the export, byte for byte.
func checkTiles(one testCase) error {
	stored, err := store(one.Lines)
	if err != nil {
		return err
	}
	for level, width := 0, len(one.Lines); width > 0; level, width = level+1, width/256 {
		for n := 0; n*256 < width; n++ {
			tile := tlog.Tile{H: 8, L: level, N: int64(n), W: width - n*256}
			if tile.W > 256 {
				tile.W = 256
			}
			data, err := tlog.ReadTileData(tile, stored)
			if err != nil {
				return err
			}
			// Go names the height of a tile as well: tile/8/0/000.
			path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
			found, err := os.ReadFile(filepath.Join(one.Dir, path))
			if err != nil || !bytes.Equal(found, data) {
				return fmt.Errorf("%s is another: %v", path, err)
			}
		}
	}
	return nil
}

func store(lines [][]byte) (tlog.HashReader, error) {
	var all []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			if index < 0 || index >= int64(len(all)) {
				return nil, errors.New("no such hash")
			}
			found[i] = all[index]
		}
		return found, nil
	})
	for i, line := range lines {
		more, err := tlog.StoredHashes(int64(i), line, reader)
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	return reader, nil
}

func decimal(text string) (int64, error) {
	number, err := strconv.ParseInt(text, 10, 64)
	if err == nil && strconv.FormatInt(number, 10) != text {
		err = errors.New("not a canonical number")
	}
	return number, err
}

func hashes(all [][]byte) ([]tlog.Hash, error) {
	var found []tlog.Hash
	for _, one := range all {
		var hash tlog.Hash
		if len(one) != len(hash) {
			return nil, errors.New("not a hash")
		}
		copy(hash[:], one)
		found = append(found, hash)
	}
	return found, nil
}

func same(own []tlog.Hash, given [][]byte) bool {
	if len(own) != len(given) {
		return false
	}
	for i, hash := range own {
		if !bytes.Equal(hash[:], given[i]) {
			return false
		}
	}
	return true
}
