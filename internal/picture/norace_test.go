//go:build !race

package picture

// uploads is how many pictures arrive at once.
const uploads = 50
