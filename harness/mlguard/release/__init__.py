"""Release what was checked: bundles with what their check found, the gate, and places that hold releases."""
