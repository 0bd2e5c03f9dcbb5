"""What the records hold so far, counted (data_and_kpis.md 5): one figure a file, its definition beside the formula.

Read from the bottom: `periods` (which time is counted, and what it is compared with), `asking` (for whom and by what),
`sql` (how a statement counts for many spans at once), the files of the populations (`received`, `handling`, ...), each with
its figures, then `report`, which puts them together, and `behind`, which finds the cases a number stands for.
"""
