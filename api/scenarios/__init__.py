"""Scenarios: whole cases written down as files, played through the real application in virtual time, every expectation compared.

The language is one for the acceptance cases, for those beside the diagrams and for the studio.
"""
