"""My Page: what a partner's person sees after signing in. It gathers from every app, and owns no tables."""
