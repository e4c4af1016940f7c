package holding

import (
	"uketsuke/internal/calendar"
	"uketsuke/internal/contract"
	"uketsuke/internal/desk/command"
)

// A ContractPage is the page of the contract: the contract as of a day, and what is coming.
type ContractPage struct {
	Establishment command.Establishment
	On            calendar.Date
	Today         calendar.Date
	Contract      contract.Contract
	Coming        []contract.Change
}
