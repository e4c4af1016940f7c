// Package mail says what the letters of the life cycle say, and empties the outbox.
//
// A Letter is the facts of one mail to one person: the payload of an outbox row, written in the
// transaction of the event it tells of (R-MAIL-4). Letters, checked when they are made, render it in the
// reader's language from the files in letters/ into a Message. A Sender hands a message to the mail
// server. A Deliverer claims rows of the Outbox, renders, sends and notes what the server said; Retry
// says when a refused mail is tried again.
//
// No letter can hold a password: a Letter has no field for one (R-MAIL-5).
package mail
