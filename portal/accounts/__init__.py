"""Who comes in, and how. Read this page, then keys.py, services/sign_in.py and middleware.py: that is all of it.

People. A User is a person with one sign-in address; the table belongs to the platform. What the person is in a
programme stands in that programme: a member of a partner (partners.Member) or staff (StaffAppointment). An address that
a person merely wishes to have is no address yet: it stands in an AddressChange until both sides confirmed it.

Doors.
- Partners type their address and get one mail with a link and a code (LoginTicket). The link signs in the browser where
  its button is pressed, the code the browser that asked; either is used up by the other. Every request makes the same
  rows and the same answer, whoever's address it is: the worker that sends the mail decides whether there is one.
- Where the mail cannot arrive, an officer confirms the four-digit number on the caller's waiting page.
- A programme may add passwords; a partner's person may add a passkey.
- Staff use a password and then a second factor, or a passkey; never the mail. Without a second factor they are nobody.

All doors end in allauth's `perform_login`, so each sign-in passes the stages in stages.py, gets a new session key, and
is listed among the person's sessions. None of allauth's own pages is routed: no other door exists.

Sessions lie in the database and belong to the programme whose host opened them (middleware.py), which also decides for
each request who is asking: `request.actor`. Limits are counted in Postgres (limits.py), so they hold with any number of
web processes and without Redis.

Not here: what members may do (their app's rules.py), the screens after sign-in (portal.mypage), the admin (portal.web).
"""
