package handlers

import (
	"github.com/gofiber/fiber/v2"
)

// routes is the whole site on one page. What stands above the session needs none.
func (a *App) routes(f *fiber.App) {
	f.Use(a.headers, a.deadline, recovered, bounded)
	f.Get("/healthz", a.healthz)
	f.Get("/readyz", a.readyz)
	f.Get("/public/initials/:file", a.initials)
	f.Get("/public/:file", a.publicFile)
	if !a.Profile.Private() {
		f.Get("/uploads/profile_pics/:file", a.pictureFile)
	}

	f.Use(compressed, a.session, a.sameOrigin)
	if a.Profile.Private() {
		f.Get("/uploads/profile_pics/:file", a.privatePicture)
	}
	f.Get("/", a.home)
	f.Get("/register", a.registerForm)
	f.Post("/register", a.register)
	f.Post("/register/check", a.checkRegister)
	f.Get("/login", a.loginForm)
	f.Post("/login", a.login)
	f.Post("/logout", a.logout)
	f.Get("/@:username", a.person)
	f.Get("/@:username/:attribute", a.download)

	f.Use("/settings", member)
	f.Get("/settings/profile", a.profile)
	f.Get("/settings/profile/:attribute", a.editAttribute)
	f.Post("/settings/profile/:attribute", a.updateAttribute)
	f.Post("/settings/profile/:attribute/check", a.checkAttribute)

	f.Use("/admin", staff)
	f.Get("/admin", a.dashboard)
	f.Get("/admin/users", a.users)
	f.Get("/admin/users/export.csv", a.exportUsers)
	f.Get("/admin/users/import", a.importForm)
	f.Post("/admin/users/import", a.importUsers)
	f.Get("/admin/users/new", a.newUser)
	f.Post("/admin/users/new", a.createUser)
	f.Get("/admin/users/:id<int>", a.user)
	f.Post("/admin/users/:id<int>", a.updateUser)
	f.Get("/admin/users/:id<int>/edit", a.editUser)
	f.Get("/admin/users/:id<int>/delete", a.deleteUserForm)
	f.Post("/admin/users/:id<int>/delete", a.deleteUser)
	f.Get("/admin/users/:id<int>/password", a.userPasswordForm)
	f.Post("/admin/users/:id<int>/password", a.updateUserPassword)

	f.Use(func(*fiber.Ctx) error { return errNotFound })
}
