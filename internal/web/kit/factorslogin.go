package kit

import (
	"errors"

	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
)

// CodeProblem says at a field why a code was not taken; other errors stay what they are.
func CodeProblem(err error, field string) error {
	var many *desk.TooManyTries
	switch {
	case errors.As(err, &many):
		return problem.List{problem.New(field, "ASVS-6.3.1", "続けて誤ったため、しばらく受け付けません。%s以降にもう一度お試しください。", ClockTime(many.Until))}
	case errors.Is(err, desk.ErrWrongCode):
		return problem.List{problem.New(field, "ASVS-6.5.1", "コードが違うか、すでに使われています。認証アプリの場合は、次のコードに切り替わってから入力してください。")}
	}
	return err
}
