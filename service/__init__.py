"""Everything with a person, a socket or a clock in it: command line, jobs, alerts, demo runs."""
