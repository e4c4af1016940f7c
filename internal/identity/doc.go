// Package identity answers "who does somebody else say this person is?"
//
// A provider is an OpenID provider that the operator trusts: GビズID, or one of its own. It knows people as subjects;
// issuer and subject together name a person for ever, a mail address names nobody. An asking is one try to sign in,
// which belongs to one browser: state, nonce and the verifier of PKCE are its own and are used once.
//
// The package only asks and checks; which account a subject is, and whether it may come in, is the desk's matter.
package identity
