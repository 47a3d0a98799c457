"""How good answers are."""

from sklearn.metrics import log_loss, roc_auc_score


def evaluate(late, answers):
    """The area under the curve, and the loss."""
    return {
        "auc": float(roc_auc_score(late, answers["probability"])),
        "log_loss": float(log_loss(late, answers["probability"].clip(1e-6, 1 - 1e-6))),
    }
