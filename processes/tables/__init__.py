"""The records complaints leave behind. Importing this package makes every table of it known to `engine.database.Table`."""

from processes.tables import cases, correspondence, house, investigation, mediation, notifications, payments, people, supervision, visits

__all__ = ["cases", "correspondence", "house", "investigation", "mediation", "notifications", "payments", "people", "supervision", "visits"]
