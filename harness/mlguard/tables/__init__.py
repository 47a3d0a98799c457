"""Everything between what a generator returns and its files: logical types, rounding, codec, digest, manifest."""
