"""PostgreSQL and Valkey out of their wheels, and a supervisor for the whole stack. Imports no Django."""
