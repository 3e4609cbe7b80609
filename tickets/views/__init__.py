"""The desk's pages: each view finds the ticket for this member, asks a verb or reads, and draws."""
