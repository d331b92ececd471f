"""Words every floor shares: values, errors, settings. No I/O; standard library and msgspec only."""
