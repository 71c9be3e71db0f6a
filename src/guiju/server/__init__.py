"""What keeps the house running: the database server, the supervisor of all processes, the clock, and health."""
