"""Settings: defaults of these classes, a YAML file over them, .env over that, and the environment over all.

ZOO_TRAINER__STEPS=300 sets `steps` of `trainer`. Values have the types of the defaults.
"""

import os
from dataclasses import asdict, dataclass, field, fields, is_dataclass

import yaml

PREFIX = "ZOO_"


@dataclass
class ModelSettings:
    name: str = "CatModel"
    curved: bool = False


@dataclass
class TrainerSettings:
    name: str = "CatTrainer"
    steps: int = 200
    speed: float = 0.5
    penalty: float = 0.01


@dataclass
class PredictorSettings:
    name: str = "CatPredictor"
    threshold: float = 0.5


@dataclass
class Settings:
    model: ModelSettings = field(default_factory=ModelSettings)
    trainer: TrainerSettings = field(default_factory=TrainerSettings)
    predictor: PredictorSettings = field(default_factory=PredictorSettings)
    log_level: str = "INFO"
    store_token: str = field(default="", repr=False)

    def public(self):
        """What may be kept beside a model."""
        return {key: value for key, value in asdict(self).items() if key != "store_token"}


def load(path, environ=os.environ, dotenv=".env"):
    with open(path) as f:
        settings = over(Settings(), yaml.safe_load(f) or {}, path)
    given = read_dotenv(dotenv) | {key: environ[key] for key in environ if key.startswith(PREFIX)}
    for key in sorted(key for key in given if key.startswith(PREFIX)):
        values = yaml.safe_load(given[key])
        for part in reversed(key[len(PREFIX) :].lower().split("__")):
            values = {part: values}
        over(settings, values, key)
    return settings


def read_dotenv(path):
    if not os.path.exists(path):
        return {}
    with open(path) as f:
        pairs = [line.strip().split("=", 1) for line in f if "=" in line and not line.startswith("#")]
    return {key: value.strip("'\"") for key, value in pairs}


def over(settings, values, source):
    known = {f.name: getattr(settings, f.name) for f in fields(settings)}
    for key, value in values.items():
        if key not in known:
            raise KeyError(f"{source}: unknown setting {key}; known are {', '.join(known)}")
        if is_dataclass(known[key]):
            over(known[key], value, source)
        else:
            setattr(settings, key, typed(value, type(known[key]), f"{source}: {key}"))
    return settings


def typed(value, wanted, name):
    if wanted is str or (wanted is float and type(value) is int):
        return wanted(value)
    if type(value) is not wanted:
        raise TypeError(f"{name} must be {wanted.__name__}, not {value!r}")
    return value
