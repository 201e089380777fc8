"""Staff screens of this app, where Django looks for them."""

from portal.accounts.appointments_admin import StaffAppointmentAdmin

__all__ = ["StaffAppointmentAdmin"]
