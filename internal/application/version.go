package application

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Encode writes a document as the exact bytes that are stored and digested (R-APP-16). The same document
// gives the same bytes.
func Encode(d Document) ([]byte, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(d); err != nil {
		return nil, fmt.Errorf("encode the document: %w", err)
	}
	return bytes.TrimSuffix(buffer.Bytes(), []byte("\n")), nil
}

// Decode reads what Encode wrote, now or under an earlier form: fields it does not know are let be, and
// fields that are missing are empty.
func Decode(encoded []byte) (Document, error) {
	var d Document
	if err := json.Unmarshal(encoded, &d); err != nil {
		return Document{}, fmt.Errorf("decode the document: %w", err)
	}
	return d, nil
}

// Digest is the SHA-256 of the stored bytes in hexadecimal, which papers print (R-APP-16).
func Digest(encoded []byte) string {
	sum := sha256.Sum256(encoded)
	return hex.EncodeToString(sum[:])
}
