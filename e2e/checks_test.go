package e2e

import (
	"fmt"
	"testing"
)

const checkedKinds = `
[[attribute]]
name = "pronouns"
kind = "choice"
choices = ["she/her", "he/him"]
other = true
required = true
[[attribute]]
name = "drinks"
kind = "choices"
choices = ["tea", "coffee"]
max = 1
[[attribute]]
name = "elsewhere"
kind = "links"
[[attribute]]
name = "paint"
kind = "color"
`

// TestControlsOfSeveralInputsAreCheckedAsTheyAreLeft goes through the kinds that are no single input. Nothing that was chosen or typed is
// touched by what the check answers.
func TestControlsOfSeveralInputsAreCheckedAsTheyAreLeft(t *testing.T) {
	t.Parallel()
	s := startWith(t, checkedKinds)
	newClient(t, s).register("ada", nil)
	b := openTab(t, s, true)
	b.login("ada", password)
	choose := func(option string) {
		eval[bool](b, fmt.Sprintf(`(e => { e.value = %s; return e.dispatchEvent(new Event('change', {bubbles: true})) })(document.querySelector('#pronouns'))`, quote(option)))
	}

	b.open("/settings/profile/pronouns")
	b.wait("document.activeElement.id === 'pronouns'")
	choose("he/him")
	b.see("#field-pronouns .said", "Good")
	choose("+other")
	b.fill("#pronouns_other", "xe/xem")
	b.press("\t")
	b.wait("document.querySelector('#pronouns_other').value.startsWith('xe') && document.querySelector('#pronouns').value === '+other'")
	choose("")
	b.see("#pronouns_other", "xe/xem") // it would be saved, so it is in sight
	b.fill("#pronouns_other", "")
	b.press("\t")
	b.see("#field-pronouns .error", "choose one")
	choose("+other")
	b.click("#row-pronouns .actions button")
	b.see("#field-pronouns .error", "write what it is")
	b.wait("document.querySelector('#pronouns').value === '+other'")

	b.open("/settings/profile/drinks")
	b.click("[value=tea]")
	b.see("#field-drinks .said", "Good")
	b.click("[value=coffee]")
	b.see("#field-drinks .error", "choose 1 at the most")
	b.wait("document.querySelector('[value=tea]').checked && document.querySelector('[value=coffee]').checked")
	b.wait("document.activeElement.value === 'coffee'")
	b.click("[value=tea]")
	b.see("#field-drinks .said", "Good")
	b.wait("!document.querySelector('[value=tea]').checked")

	b.open("/settings/profile/elsewhere")
	b.fill("#elsewhere-1", "javascript:alert(1)") // the first row stays empty
	b.press("\t")
	b.see("#field-elsewhere .error", "Link 1")
	b.write("Home")
	b.wait("document.querySelector('#elsewhere-1').value === 'javascript:alert(1)' && document.activeElement.name === 'elsewhere_label' && document.activeElement.value === 'Home'")
	b.fill("#elsewhere-1", "example.org")
	b.press("\t")
	b.see("#field-elsewhere .said", "Good")
	b.wait("document.querySelector('#elsewhere-1').value === 'example.org' && document.querySelector('#elsewhere').value === ''")
	b.click("#row-elsewhere .actions button")
	b.see("#row-elsewhere", "Home")

	b.open("/settings/profile/paint")
	b.fill("#paint", "brass")
	b.press("\t")
	b.see("#field-paint .error", "six digits")
	eval[bool](b, `(e => { e.value = '#7a5a14'; e.dispatchEvent(new Event('input', {bubbles: true})); return e.dispatchEvent(new Event('change', {bubbles: true})) })(document.querySelector('#paint-pick'))`)
	b.see("#field-paint .said", "Good")
	b.wait("document.querySelector('#paint').value === '#7a5a14'")
	b.fill("#paint", "#123456")
	b.wait("document.querySelector('#paint-pick').value === '#123456'")
	b.axe("a colour and its picker")
}
