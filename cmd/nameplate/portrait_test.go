package main

import (
	"bytes"
	"image/jpeg"
	"testing"
)

func TestPortraits(t *testing.T) {
	seen := map[string]int{}
	for i := range mostPortraits {
		file := portrait(i)
		if !bytes.Equal(file, portrait(i)) {
			t.Fatalf("portrait %d is another one each time", i)
		}
		if other, ok := seen[string(file)]; ok {
			t.Errorf("portraits %d and %d are the same", other, i)
		}
		seen[string(file)] = i
		config, err := jpeg.DecodeConfig(bytes.NewReader(file))
		if err != nil || config.Width != portraitSide || config.Height != portraitSide {
			t.Errorf("portrait %d: %d × %d, %v", i, config.Width, config.Height, err)
		}
	}
}
