package kit

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/door"
	"uketsuke/internal/problem"
)

// errSignedOut says that the route needs somebody signed in.
var errSignedOut = errors.New("nobody is signed in")

// A StatusError is an answer that needs no more words than its status.
type StatusError int

func (e StatusError) Error() string { return fmt.Sprintf("status %d", int(e)) }

// Fail answers with the page for an error: the one place where errors become pages. Only errors of our
// own are logged; the page shows a safe sentence and the request's id.
func (v *Request) Fail(err error) {
	if errors.Is(err, errSignedOut) {
		err = v.signInFirst()
		if err == nil {
			return
		}
	}
	status, heading, says := v.words(err)
	if status == http.StatusInternalServerError {
		v.broken(err)
		return
	}
	data := ErrorPage{Frame: v.Frame("/", Form{}), Heading: heading, Says: says, RequestID: v.ID}
	data.Back, data.Again = v.wayBack(err), v.retryOf(err)
	if v.Session.Mode.Bars(v.Session.Actor.Role) {
		data.Flash, data.Nav = nil, nil // the page itself says what the box would, and nothing leads anywhere
	}
	v.Status = status
	if err := v.Render("error", data); err != nil {
		v.broken(err)
	}
}

// broken answers what no page has words for: an error of ours, or that nobody waits for an answer any more.
func (v *Request) broken(err error) {
	if v.Kit.hangups.Tell(v.Ctx(), v.Kit.Log, "request failed", err, "request", v.ID) {
		v.Out.WriteHeader(door.StatusGone)
		return
	}
	v.Kit.Renderer.Broken(v.Out, v.Lang, v.ID)
}

// signInFirst leads to the login page, which keeps what was posted.
func (v *Request) signInFirst() error {
	if v.HTTP.Method != http.MethodPost {
		return v.SeeOther(LoginPath(v.HTTP.URL.RequestURI()))
	}
	var long tooMuch
	err := v.receive()
	if err != nil && !errors.As(err, &long) {
		return err
	}
	v.lost = err != nil
	v.Status = http.StatusUnauthorized
	return v.Kit.loginAgain(v)
}

// words are status, heading and sentence for an error.
func (v *Request) words(err error) (int, string, Sentence) {
	var status StatusError
	var stale *desk.Stale
	var refusal *application.Refusal
	var problems problem.List
	var notOpen *desk.NotOpen
	var long tooMuch
	switch {
	case errors.As(err, &long):
		return http.StatusRequestEntityTooLarge, "送られた内容が大きすぎます", long.words()
	case errors.As(err, &notOpen):
		heading, says := v.modeWords(notOpen.ModeState)
		return http.StatusServiceUnavailable, heading, says
	case errors.Is(err, desk.ErrBehind):
		return http.StatusServiceUnavailable, "ただいま番号を発行できません", behindSays
	case errors.As(err, &status):
		return statusWords(int(status))
	case errors.Is(err, desk.ErrNotFound):
		return statusWords(http.StatusNotFound)
	case errors.Is(err, desk.ErrForbidden):
		return statusWords(http.StatusForbidden)
	case errors.As(err, &stale):
		return http.StatusConflict, "先に変更されています", Say("この画面を開いたあとに、ほかの方（または別の画面）がこの申込を変更しました。今の操作は行われていません。最新の内容をご確認のうえ、必要であればもう一度操作してください。")
	case errors.As(err, &refusal):
		return http.StatusConflict, "この操作はできませんでした", refusalWords(refusal)
	case errors.As(err, &problems):
		return http.StatusUnprocessableEntity, "入力内容を確認してください", Say("%s", problems[0])
	}
	return http.StatusInternalServerError, "", Sentence{}
}

func statusWords(status int) (int, string, Sentence) {
	switch status {
	case http.StatusBadRequest:
		return status, "送られた内容を読み取れません", Say("送られた内容を読み取れませんでした。前の画面に戻り、もう一度操作してください。")
	case http.StatusForbidden:
		return status, "この画面は利用できません", Say("お使いのアカウントの権限では、この操作はできません。必要な場合は、管理責任者またはヘルプデスクにお問い合わせください。")
	case http.StatusNotFound:
		return status, "ページが見つかりません", Say("お探しのページはありません。アドレスをご確認いただくか、最初のページからお進みください。")
	case http.StatusMethodNotAllowed:
		return status, "この操作はできませんでした", Say("このアドレスは直接開けません。最初のページからお進みください。")
	case http.StatusRequestEntityTooLarge:
		return status, "送られた内容が大きすぎます", Say("送られた項目が多すぎます。画面を開き直して、もう一度操作してください。")
	case http.StatusServiceUnavailable:
		return status, "ただいま混み合っています", Say("長い内容を受け取る余裕が、いまはありません。入力した内容は前の画面に残っています。少し待って、もう一度送信してください。")
	case http.StatusUnsupportedMediaType:
		return status, "送られた形式を受け付けられません", Say("この画面の形式ではない内容が送られました。画面を開き直して、もう一度操作してください。")
	case http.StatusGone:
		return status, "このご案内は使えません", Say("ご案内のアドレスが正しくないか、有効期限が過ぎているか、すでに使われています。ヘルプデスクにお問い合わせください。")
	}
	return http.StatusInternalServerError, "", Sentence{}
}

// refusalWords say which of command, state, role or condition it was.
func refusalWords(r *application.Refusal) Sentence {
	switch r.Why {
	case application.UnknownCommand:
		return Say("そのような操作はありません。画面を開き直してください。")
	case application.WrongState:
		return Say("現在の状態（%s）では、この操作はできません。何も変更されていません。", r.State)
	case application.WrongRole:
		return Say("お使いのアカウントの権限では、現在の状態（%s）でこの操作はできません。何も変更されていません。", r.State)
	}
	return conditionWords(r.Condition)
}

// conditionWords say what else was missing.
func conditionWords(c application.Condition) Sentence {
	switch c {
	case application.ByClaimant:
		return Say("この申込を担当している審査担当者だけが行えます。何も変更されていません。")
	case application.ByClaimantOrSupervisor:
		return Say("この申込を担当している審査担当者か審査責任者だけが行えます。何も変更されていません。")
	case application.ByClaimantNotRegistrant:
		return Say("この申込を担当していて、かつ自分で登録していない審査担当者だけが承認できます。何も変更されていません。")
	case application.ByClaimantFourEyes:
		return Say("二人承認の申込で、担当している審査担当者だけが承認を提案できます。何も変更されていません。")
	case application.ByOtherThanProposer:
		return Say("二人承認の申込です。担当者の提案のあと、提案した人と別の審査担当者か審査責任者が承認できます。何も変更されていません。")
	case application.ByOtherThanClaimant:
		return Say("すでにご自身が担当しています。何も変更されていません。")
	case application.BeforeDeadline:
		return Say("システム設定申込の締切日を過ぎたか、設定が不要のため、この操作はできません。何も変更されていません。")
	case application.BeforeStart:
		return Say("利用開始日が来ているため、この操作はできません。何も変更されていません。")
	}
	return Say("この操作の条件が満たされていません。何も変更されていません。")
}

// wayBack leads from an error about one application back to it.
func (v *Request) wayBack(err error) Link {
	id := v.HTTP.PathValue("id")
	if id == "" || errors.Is(err, desk.ErrNotFound) || errors.Is(err, desk.ErrForbidden) {
		return Link{}
	}
	if v.Actor().Role.OfCentre() {
		return Link{Text: "この申込に戻る", Address: DeskPath(id)}
	}
	return Link{Text: "この申込に戻る", Address: "/applications/" + id}
}

type trailKey struct{}

// A trail is what the log line of a request says; never a name.
type trail struct {
	id, pattern string
	actor       account.ID
}

func requestID(ctx context.Context) string {
	if t, ok := ctx.Value(trailKey{}).(*trail); ok {
		return t.id
	}
	return ""
}

// note keeps for the log line which route it was and who asked.
func note(ctx context.Context, pattern string, actor account.ID) {
	if t, ok := ctx.Value(trailKey{}).(*trail); ok {
		t.pattern, t.actor = pattern, actor
	}
}

// logged writes one line per request, and answers when something breaks.
func (s *Kit) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t := &trail{id: rand.Text()[:12]}
		r = r.WithContext(context.WithValue(r.Context(), trailKey{}, t))
		answer := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		begun := time.Now()
		defer func() {
			broken := recover()
			if broken != nil && broken != http.ErrAbortHandler {
				s.Log.ErrorContext(r.Context(), "request broke", "request", t.id, "panic", broken)
				if !answer.written {
					s.Renderer.Broken(answer, LanguageOf(r), t.id)
				}
			}
			s.Log.LogAttrs(r.Context(), slog.LevelInfo, "request",
				slog.String("method", r.Method), slog.String("pattern", t.pattern), slog.Int("status", answer.status),
				slog.Int64("ms", time.Since(begun).Milliseconds()), slog.String("actor", string(t.actor)), slog.String("request", t.id))
			if broken == http.ErrAbortHandler {
				panic(broken) // the server ends the connection
			}
		}()
		next.ServeHTTP(answer, r)
	})
}

// A statusWriter notes the status that was answered.
type statusWriter struct {
	http.ResponseWriter
	status  int
	written bool
}

func (w *statusWriter) WriteHeader(status int) {
	w.status, w.written = status, true
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	w.written = true
	return w.ResponseWriter.Write(b)
}

func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
