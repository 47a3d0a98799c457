"""Will this order be late? A rule first, then a model, behind one API."""
