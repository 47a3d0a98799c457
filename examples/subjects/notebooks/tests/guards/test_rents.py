from mlguard import NotebookGuard


class Rents(NotebookGuard):
    dataset = "flats"
    target = "rent"
    seeds = (0, 1)
    notebook = "rents.ipynb"
    inputs = {"train": "train", "test": "test"}
    outputs = {"answers": "answers", "features": "seen", "metrics": "scores"}
    learned = ("rates",)
