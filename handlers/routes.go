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
	f.Get("/login/code", a.codeForm)
	f.Post("/login/code", a.enterCode)
	f.Post("/login/passkey", a.passkeyLogin)
	f.Post("/login/passkey/options", a.passkeyOptions)
	f.Post("/logout", a.logout)
	f.Get("/verify-email", a.lookAtMail)
	f.Post("/verify-email", a.sendProof)
	f.Get("/verify-email/:token", tokenInPath, a.verifyEmailForm)
	f.Post("/verify-email/:token", tokenInPath, a.verifyEmail)
	f.Get("/undo-email/:token", tokenInPath, a.undoEmailForm)
	f.Post("/undo-email/:token", tokenInPath, a.undoEmail)
	f.Get("/reset-password", a.resetForm)
	f.Post("/reset-password", a.requestReset)
	f.Get("/reset-password/:token", tokenInPath, a.resetPasswordForm)
	f.Post("/reset-password/:token", tokenInPath, a.resetPassword)
	f.Get("/.well-known/change-password", a.changePasswordURL)
	f.Get("/.well-known/passkey-endpoints", a.passkeyEndpoints)
	f.Get("/@:username", a.person)
	f.Get("/@:username/:attribute", a.download)

	f.Use("/settings", a.member)
	f.Get("/settings/profile", a.profile)
	f.Get("/settings/profile/:attribute", a.editAttribute)
	f.Post("/settings/profile/:attribute", a.updateAttribute)
	f.Post("/settings/profile/:attribute/check", a.checkAttribute)
	f.Get("/settings/account", a.account)
	f.Post("/settings/account", a.updateEmail)
	f.Get("/settings/password", a.passwordForm)
	f.Post("/settings/password", a.updatePassword)
	f.Get("/settings/two-factor", a.twoFactor)
	f.Post("/settings/two-factor", a.updateTwoFactor)
	f.Get("/settings/passkeys", a.listPasskeys)
	f.Post("/settings/passkeys", a.updatePasskeys)
	f.Get("/settings/sessions", a.openSessions)
	f.Post("/settings/sessions", a.endSessions)

	f.Use("/admin", a.staff)
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
	f.Get("/admin/users/:id<int>/two-factor", a.userTwoFactorForm)
	f.Post("/admin/users/:id<int>/two-factor", a.removeUserTwoFactor)

	f.Use(func(*fiber.Ctx) error { return errNotFound })
}
