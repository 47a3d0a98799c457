from mlguard import CommandGuard


class Parcels(CommandGuard):
    dataset = "parcels"
    target = "price"
    train = "python bin/train.py {train} {bundle}"
    predict = "python bin/predict.py {bundle} {rows} {answers}"
    evaluate = "sh bin/evaluate.sh {test} {answers}"
