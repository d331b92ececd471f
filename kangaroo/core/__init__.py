"""What we do: permissions, invariants, events; a folder per subject. No framework, SQL library or client."""
