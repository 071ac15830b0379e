"""Claims and their verdicts, and what a step's result depends on."""
