//go:build race

package picture

// uploads is fewer here: the race detector slows a picture down many times.
const uploads = 8
