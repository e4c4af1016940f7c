package web

// factorRoutes are the second step of signing in, and what a person does about the own factors. The routes below
// /login are for somebody who has given the password and is nobody yet: each asks the session who that is.
func (s *Server) factorRoutes() {
	s.post("/login/passkey/options", public, pressed, s.askAnyPasskey, s.showLogin)
	s.post("/login/passkey", public, entering, s.loginByPasskey, s.showLogin)
	s.get("/login/second", public, s.showSecond)
	s.post("/login/second", public, entering, s.second, s.showSecond)
	s.post("/login/second/passkey/options", public, pressed, s.askSecondPasskey, s.showSecond)
	s.post("/login/second/passkey", public, entering, s.secondByPasskey, s.showSecond)
	s.get("/login/factor", public, s.showFirstFactor)
	s.post("/login/factor/totp", public, entering, s.beginFirstTOTP, s.showFirstFactor)
	s.post("/login/factor/confirm", public, entering, s.confirmFirstTOTP, s.showFirstTOTP)
	s.post("/login/factor/passkey/options", public, pressed, s.askFirstPasskey, s.showFirstFactor)
	s.post("/login/factor/passkey", public, credential, s.addFirstPasskey, s.showFirstFactor)

	s.get("/account/factors", signedIn, s.showFactors)
	s.post("/account/confirm", signedIn, pressed, s.confirmWho, s.showFactors)
	s.post("/account/confirm/passkey/options", signedIn, pressed, s.askOwnPasskey, s.showFactors)
	s.post("/account/confirm/passkey", signedIn, pressed, s.takeProof, s.showFactors)
	s.post("/account/factors/totp", signedIn, pressed, s.beginTOTP, s.showFactors)
	s.post("/account/factors/totp/confirm", signedIn, pressed, s.confirmTOTP, s.showTOTP)
	s.post("/account/factors/totp/remove", signedIn, pressed, s.removeTOTP, s.showFactors)
	s.post("/account/factors/recovery", signedIn, pressed, s.makeRecoveryCodes, s.showFactors)
	s.post("/account/factors/passkeys/options", signedIn, pressed, s.askPasskey, s.showFactors)
	s.post("/account/factors/passkeys", signedIn, credential, s.addOwnPasskey, s.showFactors)
	s.post("/account/factors/passkeys/{passkey}/remove", signedIn, pressed, s.removePasskey, s.showFactors)
}
