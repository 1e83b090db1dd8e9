"""The floor everyone stands on: records, errors, text, calendar, configuration, store."""
