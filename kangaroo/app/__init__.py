"""Processes: the only place that knows everything. It wires the other floors together and runs them."""
