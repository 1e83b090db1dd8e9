"""Alerts: what a unit is told, and how it leaves."""
