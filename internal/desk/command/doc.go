// Package command answers "how does one command run: who, when, one transaction, which traces?".
//
// Words: the actor is who does it; desk time is the desk clock's reading, taken once per command and never before its stored mark;
// elapsed time is the real clock (R-CAL-3); a Tx is one command inside its transaction, through which it leaves history, news,
// letters and evidence; a Ref is an application with the version that the person saw.
package command
