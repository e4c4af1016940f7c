// Package userid knows what the network's identifiers look like and which comes next.
//
// A user code (利用者コード, Code) is an office code (営業所コード, Office, 2 characters) and a company
// abbreviation (企業略称, 3). An identification number (識別番号, Number, 3) stands under a user code; its class
// says whether it is netNACCS or general. Both together are a user ID (利用者ID, ID, 8), with which people log
// on to the network: 1A + NAC + A0A = 1ANACA0A.
//
// The package answers: is this such an identifier, and which one comes after that one? Which of them is
// still free is not its question; the database decides that (R-ID-6, R-ID-10).
package userid
