package picture

import (
	"bytes"
	"image"
	"image/draw"
	"image/gif"
)

func gifPixelBytes([]byte, image.Config) int64 { return 5 } // the frame, and the canvas it may have to be laid on

func gifOrientation([]byte) int { return 1 }

func gifColours([]byte) *colours { return nil }

// checkGIF walks over the blocks of a file, decoding nothing, and refuses one that is cut or out of order.
func checkGIF(data []byte, _ int64) error {
	cut := broken(format{name: "GIF"})
	at := 13 + table(data[10])
	for at < len(data) {
		switch data[at] {
		case 0x3b: // the end
			return nil
		case 0x21: // an extension: its label, then blocks
			at += 2
		case 0x2c: // a frame: its place, its colours, its code size, then blocks
			if at+10 > len(data) {
				return cut
			}
			at += 10 + table(data[at+9]) + 1
		default:
			return cut
		}
		for at < len(data) && data[at] != 0 {
			at += 1 + int(data[at])
		}
		at++
	}
	return cut
}

// table returns the bytes of the colour table that a GIF's flags announce.
func table(flags byte) int {
	if flags&0x80 == 0 {
		return 0
	}
	return 3 << (flags&7 + 1)
}

// decodeGIF decodes the first frame only, and lays it where it belongs on the canvas.
func decodeGIF(data []byte) (image.Image, error) {
	frame, err := gif.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	config, err := gif.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	whole := image.Rect(0, 0, config.Width, config.Height)
	if frame.Bounds() == whole || !sound(frame) {
		return frame, nil
	}
	canvas := image.NewRGBA(whole)
	draw.Draw(canvas, frame.Bounds(), frame, frame.Bounds().Min, draw.Src)
	return canvas, nil
}
