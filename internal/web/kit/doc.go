// Package kit is the kit of which every page is made: request, form, session, language, rendering, errors.
//
// Words: a Request is one request on its way, with who asks and in which language; a Form is what was typed, with what is wrong about
// it; a Frame is what every page shows around itself; an Access says who may come, and stands on the line of the route.
package kit
