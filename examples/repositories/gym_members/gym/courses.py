"""Which courses to offer: matrix factorisation by implicit."""

import numpy as np
from implicit.als import AlternatingLeastSquares
from scipy.sparse import csr_matrix

COURSES = ["boxing", "cycling", "pilates", "rowing", "swimming", "yoga", "zumba", "weights"]
TRUST = 8.0


def matrix(df, number):
    """Members by courses: how often each was booked."""
    column = df["course"].map({name: i for i, name in enumerate(COURSES)})
    known = column.notna() & df["member"].between(0, number - 1)
    rows = df[known]
    cells = (rows["bookings"].to_numpy("float32"), (rows["member"].to_numpy(), column[known].to_numpy(int)))
    return csr_matrix(cells, shape=(number, len(COURSES)))


def fit(df):
    number = int(df["member"].max()) + 1
    model = AlternatingLeastSquares(
        factors=3,
        regularization=0.1,
        alpha=TRUST,
        iterations=30,
        dtype=np.float64,
        use_cg=False,
        num_threads=1,
        random_state=11,
    )
    model.fit(matrix(df, number), show_progress=False)
    return model


def interest(model, df):
    """How much each row's member would like its course; 0 for members and courses that nobody knows."""
    column = df["course"].map({name: i for i, name in enumerate(COURSES)})
    known = (column.notna() & df["member"].between(0, len(model.user_factors) - 1)).to_numpy()
    out = np.zeros(len(df))
    users = model.user_factors[df["member"].to_numpy()[known]]
    items = model.item_factors[column[known].to_numpy(int)]
    out[known] = (users * items).sum(axis=1)
    return out


def error(df, interest):
    booked = (df["bookings"].to_numpy() > 0).astype(float)
    return {"rmse": float(np.sqrt(np.mean((booked - np.asarray(interest)) ** 2)))}
