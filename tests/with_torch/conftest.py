"""Tests with torch itself, which weighs more than all else together: `tox -e torch`, or wherever it is installed."""

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("torch") else ["test_*.py"]
if not (find_spec("onnx") and find_spec("onnxruntime")):
    collect_ignore_glob.append("test_onnx.py")
