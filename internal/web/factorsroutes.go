package web

// factorRoutes are the second step of signing in, and what a person does about the own factors. The routes below
// /login are for somebody who has given the password and is nobody yet: each asks the session who that is.
func (s *Server) factorRoutes() {
	s.post("/login/passkey/options", public, s.askAnyPasskey, s.showLogin)
	s.post("/login/passkey", public, s.loginByPasskey, s.showLogin)
	s.get("/login/second", public, s.showSecond)
	s.post("/login/second", public, s.second, s.showSecond)
	s.post("/login/second/passkey/options", public, s.askSecondPasskey, s.showSecond)
	s.post("/login/second/passkey", public, s.secondByPasskey, s.showSecond)
	s.get("/login/factor", public, s.showFirstFactor)
	s.post("/login/factor/totp", public, s.beginFirstTOTP, s.showFirstFactor)
	s.post("/login/factor/confirm", public, s.confirmFirstTOTP, s.showFirstTOTP)
	s.post("/login/factor/passkey/options", public, s.askFirstPasskey, s.showFirstFactor)
	s.post("/login/factor/passkey", public, s.addFirstPasskey, s.showFirstFactor)

	s.get("/account/factors", signedIn, s.showFactors)
	s.post("/account/confirm", signedIn, s.confirmWho, s.showFactors)
	s.post("/account/confirm/passkey/options", signedIn, s.askOwnPasskey, s.showFactors)
	s.post("/account/confirm/passkey", signedIn, s.takeProof, s.showFactors)
	s.post("/account/factors/totp", signedIn, s.beginTOTP, s.showFactors)
	s.post("/account/factors/totp/confirm", signedIn, s.confirmTOTP, s.showTOTP)
	s.post("/account/factors/totp/remove", signedIn, s.removeTOTP, s.showFactors)
	s.post("/account/factors/recovery", signedIn, s.makeRecoveryCodes, s.showFactors)
	s.post("/account/factors/passkeys/options", signedIn, s.askPasskey, s.showFactors)
	s.post("/account/factors/passkeys", signedIn, s.addOwnPasskey, s.showFactors)
	s.post("/account/factors/passkeys/{passkey}/remove", signedIn, s.removePasskey, s.showFactors)
}
