//go:build !race

package auth

// logins is how many people log in at once.
const logins = 250
