package handlers

import (
	"container/list"
	"sync"
)

const (
	drawnAtOnce = 4       // drawings that are under way, each in some 5 MB
	drawnMost   = 8 << 20 // bytes of drawings that are kept
)

// drawn keeps the drawings that were asked for last: a page of a forge shows the same few faces many times over. What they are called
// follows from what they show, so that none is ever wrong; whether somebody may see it is asked before.
type drawn struct {
	mu    sync.Mutex
	at    map[string]*list.Element
	used  list.List // of drawing, the last asked for first
	bytes int
}

type drawing struct {
	name string
	data []byte
}

func (d *drawn) get(name string) ([]byte, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	found := d.at[name]
	if found == nil {
		return nil, false
	}
	d.used.MoveToFront(found)
	return found.Value.(drawing).data, true
}

func (d *drawn) put(name string, data []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.at[name] != nil { // two drew it at once
		return
	}
	d.at[name] = d.used.PushFront(drawing{name, data})
	d.bytes += len(data)
	for d.bytes > drawnMost {
		last := d.used.Remove(d.used.Back()).(drawing)
		delete(d.at, last.name)
		d.bytes -= len(last.data)
	}
}
