"""How wide the tests look: `make prove` goes through everything, other runs through as much as shows that it works."""

import os

EVERYTHING = "EVERYTHING" in os.environ
