//go:build race

package auth

// logins is fewer here: the race detector slows a hash down many times.
const logins = 25
