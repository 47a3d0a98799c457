from mlguard import CommandGuard


class Demand(CommandGuard):
    dataset = "sales"
    target = "sold"
    seeds = (0,)
    config = "configs/base.yaml"
    config_probes = ["window_days", "promotion_uplift_cap", "lightgbm.lambda_l2"]
    train = "python run.py {config} fit paths.history={train} paths.model={bundle}"
    predict = "python run.py {config} forecast paths.model={bundle} paths.future={rows} paths.forecast={answers}"
    evaluate = "python run.py {config} score paths.future={test} paths.forecast={answers} paths.metrics={metrics}"
