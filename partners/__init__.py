"""Partners: the organisations of a programme, their people, and what is known of them."""
