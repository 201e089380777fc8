"""Staff screens of this app, where Django looks for them."""

from portal.accounts.appointments_admin import StaffAppointmentAdmin
from portal.accounts.users_admin import UserAdmin

__all__ = ["StaffAppointmentAdmin", "UserAdmin"]
