package db

import "nameplate/internal/profile"

type texts struct{ person string }

func newTexts(p profile.Profile, pg bool) texts { return texts{} }
