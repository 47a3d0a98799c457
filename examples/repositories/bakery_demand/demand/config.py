import yaml


def load_config(path, overrides=()):
    """The YAML file, with KEY=VALUE put on top; a dot goes one level down."""
    with open(path) as f:
        cfg = yaml.safe_load(f)
    for text in overrides:
        key, value = text.split("=", 1)
        *parents, last = key.split(".")
        node = cfg
        for name in parents:
            node = node[name]
        if last not in node:
            raise KeyError(f"unknown setting {key}")
        node[last] = yaml.safe_load(value)
    return cfg
