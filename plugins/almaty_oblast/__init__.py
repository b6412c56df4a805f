"""Almaty oblast, act N 421 of 2012: tables, diagrams and printed forms, no code."""

from pathlib import Path

from services.plugin import Plugin

plugin = Plugin(
    folder=Path(__file__).parent,
    summary="Assigning housing assistance in Almaty oblast, as act N 421 of 24 December 2012 regulated it.",
    region="almaty_oblast",
)
