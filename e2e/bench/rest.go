package main

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// upload sends a photograph of 12 megapixels, again and again.
func (b *bench) upload() error {
	c, err := b.root(b.crowd)
	if err != nil {
		return err
	}
	var took []float64
	for i := range min(b.asks, 9) {
		one, err := c.put(http.StatusSeeOther, "/settings/profile/profile_pic", "profile_pic", photograph(uint8(i)), nil)
		if err != nil {
			return err
		}
		took = append(took, milliseconds(one))
	}
	b.table.note("a photograph of 12 megapixels, from sending to stored", median(took), " ms")
	return nil
}

// logins compares how long an unknown name and a wrong password take, by turns.
func (b *bench) logins() error {
	c := newClient(b.crowd.url)
	var unknown, wrong []float64
	for i := range b.plan.logins {
		for _, try := range []struct {
			name string
			into *[]float64
		}{{fmt.Sprintf("nobody%07d", i), &unknown}, {fmt.Sprintf("person%07d", i+1), &wrong}} {
			took, err := c.post(http.StatusUnprocessableEntity, "/login", url.Values{"username": {try.name}, "password": {"not the password"}})
			if err != nil {
				return err
			}
			*try.into = append(*try.into, milliseconds(took))
		}
	}
	b.table.note("log in with a wrong password", median(wrong), " ms")
	b.table.most("  how far an unknown name is from it", max(median(wrong)-median(unknown), median(unknown)-median(wrong)), 5, " ms")
	return nil
}

// resets compares how long asking for a new password takes for an address that somebody has and for one that nobody has, by turns.
func (b *bench) resets() error {
	c := newClient(b.crowd.url)
	var unknown, known []float64
	for i := range b.plan.logins {
		for _, try := range []struct {
			email string
			into  *[]float64
		}{{fmt.Sprintf("nobody%07d@example.org", i), &unknown}, {fmt.Sprintf("person%07d@example.org", i+1), &known}} {
			took, err := c.post(http.StatusSeeOther, "/reset-password", url.Values{"email": {try.email}})
			if err != nil {
				return err
			}
			*try.into = append(*try.into, milliseconds(took))
		}
	}
	b.table.note("ask for a new password", median(known), " ms")
	b.table.most("  how far an unknown address is from it", max(median(known)-median(unknown), median(unknown)-median(known)), 5, " ms")
	return nil
}

// flood is how many log in at once.
const flood = 250

// floods logs many in at once, each with a browser of its own, on a server that has done nothing else.
func (b *bench) floods() error {
	p, err := b.newProcess("flood")
	if err != nil {
		return err
	}
	if err := p.command("migrate"); err != nil {
		return err
	}
	if err := p.command("createsuperuser", "--no-input", "--username", "root", "--email", "root@example.org"); err != nil {
		return err
	}
	if err := p.start(); err != nil {
		return err
	}
	defer p.stop()
	var all sync.WaitGroup
	failed := make(chan error, flood)
	begin := time.Now()
	for range flood {
		all.Go(func() {
			c := newClient(p.url)
			if _, err := c.post(http.StatusSeeOther, "/login", url.Values{"username": {"root"}, "password": {rootPassword}}); err != nil {
				failed <- err
			}
		})
	}
	all.Wait()
	took := time.Since(begin)
	close(failed)
	b.table.least("250 log-ins at once: answered", float64(flood-len(failed)), flood, "")
	if err := <-failed; err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
	}
	peak, err := p.resident("VmHWM")
	if err != nil {
		return err
	}
	b.table.note("  the last of them, after", milliseconds(took), " ms")
	b.table.most("  the most memory at any moment", peak, 512, " MB")
	return nil
}

// memory loads the crowd's server once more with everything, and weighs it.
func (b *bench) memory() error {
	admin, err := b.root(b.crowd)
	if err != nil {
		return err
	}
	if _, err := b.wrk(b.crowd.url+"/@person0000007", filepath.Join(b.dir, "random.lua")); err != nil {
		return err
	}
	if _, err := b.wrk(b.crowd.url+"/register", ""); err != nil {
		return err
	}
	if _, _, err := admin.get(people); err != nil {
		return err
	}
	now, err := b.crowd.resident("VmRSS")
	if err != nil {
		return err
	}
	peak, err := b.crowd.resident("VmHWM")
	if err != nil {
		return err
	}
	b.table.most("resident memory after all of it", now, 120, " MB")
	b.table.note("  the most it was at any moment", peak, " MB")
	return nil
}
