import logging

from zoo import model_cat, model_dog
from zoo.settings import load

TARGET = "adopted"
log = logging.getLogger("zoo")


def kind(name):
    """The class of this name, in whichever module it is."""
    return next(getattr(module, name) for module in (model_cat, model_dog) if hasattr(module, name))


def start(config_path):
    settings = load(config_path)
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=settings.log_level, force=True)
    log.info("%s gives %s", config_path, settings)
    if not settings.store_token:
        log.warning("no token, so nothing can be uploaded")
    return settings


def train(config_path, rows):
    settings = start(config_path)
    model, trainer = kind(settings.model.name)(settings), kind(settings.trainer.name)(settings)
    trainer.fit(model, rows.drop(columns=TARGET), rows[TARGET])
    log.info("%s was trained by %s on %d rows", type(model).__name__, model.trained_by, len(rows))
    return model


def predict(model, rows):
    predictor = model.settings["predictor"]
    return kind(predictor["name"])().answer(model, rows, predictor["threshold"])


def evaluate(test, answers):
    right = answers["adopted"].to_numpy() == test[TARGET].to_numpy()
    squares = (answers["sure"].to_numpy() - test[TARGET].to_numpy()) ** 2
    return {"accuracy": float(right.mean()), "brier": float(squares.mean())}
