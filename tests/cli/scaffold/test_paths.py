"""Paths of files are found in source as people write them."""

from __future__ import annotations

import ast

import pytest

from mlguard.cli.scaffold.paths import files_named

READS = [
    ('pd.read_csv("a/b.csv")', "a/b.csv"),
    ('FILE = "b.csv"\nload = lambda: pd.read_csv(FILE)', "b.csv"),
    ('DIR = "in/"\npd.read_csv(DIR + "b.csv")', "in/b.csv"),
    ('DIR = Path("in")\npd.read_parquet(DIR / "x" / "b.parquet")', "in/x/b.parquet"),
    ('pd.read_csv(os.path.join("in", "b.csv"))', "in/b.csv"),
    ('N = "b"\npd.read_csv(f"in/{N}.csv")', "in/b.csv"),
    ('pd.read_csv(filepath_or_buffer="b.csv")', "b.csv"),
    ('np.load("b.npy")', "b.npy"),
    ('with open("b.csv") as file:\n    csv.reader(file)', "b.csv"),
    ('Path("b.yaml").read_text()', "b.yaml"),
    ('p.add_argument("--in-file", default="b.csv")\npd.read_csv(p.parse_args().in_file)', "b.csv"),
    ('p.add_argument("-i", "--in-file", default="b.csv")\npd.read_csv(p.parse_args().in_file)', "b.csv"),
    ('p.add_argument("--in-file", "-i", default="b.csv")\npd.read_csv(p.parse_args().in_file)', "b.csv"),
    (
        '@click.option("--data", "in_file", "-d", default="b.csv")\ndef main(in_file): pass\npd.read_csv(o.in_file)',
        "b.csv",
    ),
    ('@click.option("--data", "in_file", default="b.csv")\ndef main(in_file): pass\npd.read_csv(o.in_file)', "b.csv"),
]
WRITES = [
    ('df.to_csv("a.csv", index=False)', "a.csv"),
    ('np.save("a.npy", x)', "a.npy"),
    ('json.dump(scores, open("a.json", "w"))', "a.json"),
    ('open(file="a.json", mode="w")', "a.json"),
    ('Path("out", "a.json").write_text("b.c")', "out/a.json"),
    ('(Path("out") / "a.json").open("w")', "out/a.json"),
    ('open("a.json", mode="a")', "a.json"),
    ('joblib.dump(model, "m.joblib")', "m.joblib"),
]
BESIDE = [
    ("Path(__file__).parent", "b.csv"),
    ("Path(__file__).resolve().parents[1]", "../b.csv"),
    ("Path(__file__).absolute().parent.parent", "../b.csv"),
    ("Path(os.path.dirname(os.path.abspath(__file__)))", "b.csv"),
]


@pytest.mark.parametrize(("source", "path"), READS)
def test_what_is_read(source: str, path: str) -> None:
    assert [(one.path, one.beside, one.written) for one in files_named(ast.parse(source))] == [(path, False, False)]


@pytest.mark.parametrize(("source", "path"), WRITES)
def test_what_is_written(source: str, path: str) -> None:
    assert [(one.path, one.written) for one in files_named(ast.parse(source))] == [(path, True)]


@pytest.mark.parametrize(("base", "path"), BESIDE)
def test_what_lies_beside_the_module(base: str, path: str) -> None:
    (found,) = files_named(ast.parse(f'BASE = {base}\npd.read_csv(BASE / "b.csv")'))
    assert (found.path, found.beside) == (path, True)


@pytest.mark.parametrize(
    "source",
    [
        "pd.read_csv(sys.argv[1])",
        '", ".join(names)',
        "frame.to_numpy()",
        'os.path.join(folder, "b.csv")',
        'load("name")',
        r'pd.read_csv("a\0b.csv")',
        r'pd.read_csv("\ud800.csv")',
        f'pd.read_csv("{"a" * 256}.csv")',
        f'pd.read_csv("{"a/" * 512}a.csv")',
    ],
)
def test_what_is_no_constant_path_is_left_out(source: str) -> None:
    assert files_named(ast.parse(source)) == []
