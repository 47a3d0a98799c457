"""Tests with LightGBM, XGBoost and CatBoost themselves: `tox -e boosting`, or wherever all three are installed."""

from importlib.util import find_spec

LIBRARIES = ("catboost", "lightgbm", "xgboost")

collect_ignore_glob = [] if all(find_spec(name) for name in LIBRARIES) else ["test_*.py"]
"""One that is missing leaves all of them out: the job installs the three."""
