"""An account's own pages: each view asks a verb or reads, and draws."""
