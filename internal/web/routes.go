package web

import (
	"net/http"

	"uketsuke/internal/desk"
)

// route registers every route with its access on the line; nothing is reachable that does not stand here.
// A post names the page its form stands on, which comes back with what was typed.
func (s *Server) route() {
	s.mux.Handle("GET /static/", s.pages.Static)
	s.get("/login", public, s.showLogin)
	s.post("/login", public, s.login, s.showLogin)
	s.post("/logout", signedIn, s.logout, s.showTop)
	s.post("/language", public, s.chooseLanguage, s.showLogin)
	s.get("/setup/{token}", public, s.showSetup)
	s.post("/setup/{token}", public, s.setUp, s.showSetup)

	s.get("/{$}", signedIn, s.showTop)
	s.post("/news/{news}", establishment, s.openNews, s.showTop)
	s.get("/contract", establishment, s.showContract)
	s.get("/charges", establishment, s.showCharges)
	s.get("/charges.csv", establishment, s.sendCharges)
	s.get("/charges.pdf", establishment, s.sendChargesPaper)
	s.get("/contract.csv", establishment, s.sendContractCSV)
	s.get("/contract.json", establishment, s.sendContractJSON)
	s.get("/contract/compare", establishment, s.showContractComparison)
	s.get("/contract/compare.csv", establishment, s.sendContractComparison)
	s.get("/contract/codes/{code}", establishment, s.showCodeLife)
	s.get("/contract/ids/{user}", establishment, s.showIDLife)

	s.get("/apply", applicants, s.showFlow)
	s.post("/applications", applicants, s.beginApplication, s.showFlow)
	s.get("/applications/{id}/start", applicants, s.showStart)
	s.post("/applications/{id}/start", applicants, s.saveStart, s.showStart)
	s.get("/applications/{id}/contact", applicants, s.showContact)
	s.post("/applications/{id}/contact", applicants, s.saveContact, s.showContact)
	s.get("/applications/{id}/codes", applicants, s.showCodes)
	s.get("/applications/{id}/codes/{n}", applicants, s.showCode)
	s.post("/applications/{id}/codes/{n}", applicants, s.saveCode, s.showCode)
	s.post("/applications/{id}/codes/{n}/preview", applicants, s.previewCode, s.showCode)
	s.get("/applications/{id}/codes/{n}/remove", applicants, s.showRemoveCode)
	s.post("/applications/{id}/codes/{n}/remove", applicants, s.removeCode, s.showRemoveCode)
	s.get("/applications/{id}/codes/{n}/settings/{tab}", applicants, s.showSettings)
	s.post("/applications/{id}/codes/{n}/settings/{tab}", applicants, s.saveSettings, s.showSettings)
	s.get("/applications/{id}/confirm", applicants, s.showConfirm)
	s.post("/applications/{id}/confirm", applicants, s.register, s.showConfirm)
	s.get("/applications/{id}/registered", establishment, s.showRegistered)
	s.get("/applications/{id}/discard", applicants, s.showDiscard)
	s.post("/applications/{id}/discard", applicants, s.discard, s.showDiscard)

	s.get("/applications", establishment, s.showApplications)
	s.get("/applications/{id}", establishment, s.showCase)
	s.get("/applications/{id}/contract", establishment, s.showContractThen)
	s.get("/applications/{id}/versions/{round}", establishment, s.showVersion)
	s.get("/applications/{id}/form.pdf", establishment, s.sendForm)
	s.get("/applications/{id}/notice.pdf", establishment, s.sendNotice)
	s.get("/applications/{id}/withdraw", applicants, s.showWithdraw)
	s.post("/applications/{id}/withdraw", applicants, s.withdraw, s.showWithdraw)
	s.get("/applications/{id}/ids", establishment, s.showIDs)
	s.post("/applications/{id}/ids", applicants, s.readSecrets, s.showIDs)
	s.post("/applications/{id}/ids/noted", applicants, s.noteSecrets, s.showIDs)
	s.get("/applications/{id}/prepare", establishment, s.showPrepare)

	s.get("/desk/establishments/{id}/contract", centre, s.showContract)
	s.get("/desk/establishments/{id}/contract.csv", centre, s.sendContractCSV)
	s.get("/desk/establishments/{id}/contract.json", centre, s.sendContractJSON)
	s.get("/desk/establishments/{id}/contract/compare", centre, s.showContractComparison)
	s.get("/desk/establishments/{id}/contract/compare.csv", centre, s.sendContractComparison)
	s.get("/desk/establishments/{id}/contract/codes/{code}", centre, s.showCodeLife)
	s.get("/desk/establishments/{id}/contract/ids/{user}", centre, s.showIDLife)

	s.get("/desk", centre, s.showQueue)
	s.post("/desk/search", centre, s.searchDesk, s.showQueue)
	s.get("/desk/applications/{id}", centre, s.showExamine)
	s.post("/desk/applications/{id}/claim", centre, s.claim, s.showExamine)
	s.post("/desk/applications/{id}/take-over", centre, s.takeOver, s.showExamine)
	s.post("/desk/applications/{id}/release", centre, s.release, s.showExamine)
	s.post("/desk/applications/{id}/remark", centre, s.addRemark, s.showExamine)
	s.post("/desk/applications/{id}/approve", centre, s.approve, s.showExamine)
	s.post("/desk/applications/{id}/return", centre, s.giveBack, s.showExamine)
	s.post("/desk/applications/{id}/reject", centre, s.reject, s.showExamine)
	s.get("/desk/applications/{id}/versions/{round}", centre, s.showVersionAtDesk)
	s.get("/desk/applications/{id}/form.pdf", centre, s.sendForm)
	s.get("/desk/applications/{id}/notice.pdf", centre, s.sendNotice)
	s.get("/desk/applications/{id}/issued", centre, s.showIssued)
	s.get("/desk/applications/{id}/void", centre, s.showVoid)
	s.post("/desk/applications/{id}/void", centre, s.void, s.showVoid)
	s.get("/desk/applications/{id}/change-start", centre, s.showChangeStart)
	s.post("/desk/applications/{id}/change-start", centre, s.changeStart, s.showChangeStart)

	s.get("/desk/establishments/{id}/charges", centre, s.showCharges)
	s.get("/desk/establishments/{id}/charges.csv", centre, s.sendCharges)
	s.get("/desk/establishments/{id}/charges.pdf", centre, s.sendChargesPaper)
	s.get("/desk/usage", supervisors, s.showUsage)
	s.upload("/desk/usage/preview", supervisors, desk.MaxUsageFile, s.previewUsage, s.showUsage)
	s.upload("/desk/usage", supervisors, desk.MaxUsageFile, s.takeUsage, s.showUsage)

	if s.Demo != nil && s.Demo.Handler != nil {
		s.mux.Handle("GET /demo/", s.Demo.Handler)
		s.mux.Handle("POST /demo/", s.origin.Handler(http.MaxBytesHandler(s.Demo.Handler, maxBody)))
	}
}
