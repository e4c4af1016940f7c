package document

import (
	"fmt"
	"strconv"
	"time"

	"uketsuke/internal/calendar"
)

// A Proof is what 監査記録の証明 says: that an entry stands in the audit log, and how anybody can check it.
type Proof struct {
	Centre, Service string
	// At, Who and What are what the entry says, in words; Who is "" when it was removed.
	At        time.Time
	Who, What string
	// Entry is the hashed text, Personal the text beside it, "" when removed.
	Entry, Personal, Salt string
	// Seq is the entry's place, Size the number of entries that the checkpoint covers.
	Seq, Size int64
	// Hash is the leaf's, Path the hashes from there to the root.
	Hash       string
	Path       []string
	Checkpoint string
	Keys       []string
	MadeAt     time.Time
}

const proofTitle = "監査記録の証明"

// Proof makes 監査記録の証明 as a PDF file. The same Proof always gives the same bytes.
func (p *Printer) Proof(f Proof) ([]byte, error) {
	pdf, err := p.print(layOutProof(newFace(&p.measure), f))
	if err != nil {
		return nil, fmt.Errorf("printing the proof of entry %d: %w", f.Seq, err)
	}
	return pdf, nil
}

func layOutProof(face *face, f Proof) *paper {
	place := strconv.FormatInt(f.Seq, 10)
	p := &paper{
		face: face, title: proofTitle + " " + place, author: f.Centre, made: f.MadeAt.In(calendar.Tokyo),
		number: "監査記録 第" + place + "件　" + f.Service,
		notes:  []string{"この書面の文字は、証明のファイル（JSON）と同じ内容です。確かめるときは、ファイルをお使いください。"},
	}
	p.turn()
	p.dated(letterDay(calendar.DateOf(f.MadeAt), false))
	p.write(block, side, f.Centre)
	p.opening(proofTitle, "下記の記録が、署名された監査記録に含まれることを証明します。")
	p.pair("時刻", moment(f.At, false))
	p.pair("操作した人", f.Who)
	p.pair("操作", f.What)
	p.pair("記録の文字列", f.Entry)
	p.pair("個人に関する文字列", f.Personal)
	p.pair("添え字（ソルト）", f.Salt)
	p.pair("記録の位置", fmt.Sprintf("先頭を0として%d番目（署名された件数は%d件）", f.Seq, f.Size))
	p.pair("葉のハッシュ値", f.Hash)
	for i, hash := range f.Path {
		p.pair("経路 "+strconv.Itoa(i+1), hash)
	}
	p.pair("署名されたチェックポイント", f.Checkpoint)
	for _, key := range f.Keys {
		p.pair("公開鍵", key)
	}
	p.pair("確かめ方", "公開鍵を、この書面とは別の方法でセンターから受け取ってください。「uketsuke audit verify --key 公開鍵のファイル --proof 証明のファイル」を実行すると、記録の文字列から葉、経路、署名されたチェックポイントまでを計算し直します。データベースもネットワークも使いません。")
	p.closing()
	p.finish()
	return p
}
