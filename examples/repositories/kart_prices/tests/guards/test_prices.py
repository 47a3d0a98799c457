from mlguard import GokartGuard
from prices.tasks import UploadPrices


class Prices(GokartGuard):
    dataset = "flats"
    target = "price"
    key = "flat"
    seeds = (0, 1)
    config = "conf/param.ini"
    pipeline = UploadPrices
    inputs = {"rows": "LoadFlats", "train": "SplitFlats[known]", "test": "SplitFlats[test]"}
    outputs = {"model": "TrainModel", "answers": "PredictPrices", "metrics": "CheckAccuracy"}
    bounds = {"CheckAccuracy.require_acc": "accuracy"}
