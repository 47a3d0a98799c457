"""What may happen to examples/invoices/receivables.py and its settings: shifts first, then true refactors."""

from __future__ import annotations

from tests.power.variant import Code

CODE = Code("Invoices", "examples/invoices/receivables.py")

VARIANTS = (
    CODE.shift(
        "day_in_another_zone",
        "zone-dropped",
        "features",
        "days of contact are those of Greenwich, while the day of the valuation is that of the books",
        (
            '.dt.tz_localize("UTC").dt.tz_convert(settings.zone)\n    contacted = local.dt.tz_localize(None).dt',
            "\n    contacted = local.dt",
        ),
    ),
    CODE.shift(
        "next_month",
        "setting-edited",
        "features",
        "the next month's valuation is written into the settings",
        ("settings.env", "AS_OF=2024-03-31", "AS_OF=2024-04-30"),
    ),
    CODE.shift(
        "zone_misspelled",
        "renamed-key",
        "features",
        "the zone is looked up under another name, and the default takes its place",
        ('values.get("ZONE", "UTC")', 'values.get("TIME_ZONE", "UTC")'),
    ),
    CODE.shift(
        "grace_ignored",
        "setting-ignored",
        "predict",
        "the days of grace no longer come from the settings",
        ('int(values.get("GRACE_DAYS", 14))', "14"),
    ),
    CODE.shift(
        "bucket_dropped",
        "setting-edited",
        "features",
        "a bucket is dropped from the settings",
        ("settings.env", "BUCKETS=0,30,60,90", "BUCKETS=0,30,90"),
    ),
    CODE.shift(
        "morning_after",
        "day-off-by-one",
        "features",
        "invoices are valued on the morning after",
        (
            "    return (pd.Timestamp(settings.as_of) - due).dt",
            "    return (pd.Timestamp(settings.as_of) + pd.Timedelta(days=1) - due).dt",
        ),
    ),
    CODE.shift(
        "bucket_by_day_after",
        "bin-edge-side",
        "features",
        "a bucket begins the day after its first",
        ('overdue, side="right")', 'overdue, side="left")'),
    ),
    CODE.shift(
        "cents_cut",
        "floor-for-round",
        "predict",
        "provisions are cut to whole cents",
        (
            'np.round(np.round(invoices["amount"].to_numpy() * chance, 6), 2)',
            'np.floor(np.round(invoices["amount"].to_numpy() * chance, 6) * 100.0) / 100.0',
        ),
    ),
    CODE.shift(
        "provision_unrounded",
        "rounding-lost",
        "predict",
        "provisions keep their fractions of a cent",
        (
            'np.round(np.round(invoices["amount"].to_numpy() * chance, 6), 2)',
            'np.round(invoices["amount"].to_numpy() * chance, 6)',
        ),
    ),
    CODE.shift(
        "reminded_from_due_day",
        "clip-dropped",
        "predict",
        "the next reminder counts from the day an invoice fell due, even where that is long ago",
        (".dt.normalize().clip(lower=pd.Timestamp(settings.as_of))", ".dt.normalize()"),
    ),
    CODE.shift(
        "found_of_all",
        "metric-denominator",
        "evaluate",
        "losses found are a share of all invoices",
        ("found.sum() / max(1, lost.sum())", "found.sum() / len(lost)"),
    ),
    CODE.shift(
        "tiny_amounts",
        "clip-lost",
        "predict",
        "amounts below one euro are no longer drawn to one before their logarithm",
        ('invoices["amount"].clip(lower=1.0)', 'invoices["amount"].clip(lower=1e-6)'),
        hidden=True,
    ),
    CODE.shift(
        "sector_trimmed",
        "looser-match",
        "predict",
        "blanks around a sector are ignored",
        ('(invoices["sector"] == name).astype', '(invoices["sector"].str.strip() == name).astype'),
        hidden=True,
    ),
    CODE.shift(
        "contact_in_the_future",
        "one-sided-clip",
        "predict",
        "a contact after the valuation counts as negative silence",
        ("silent.clip(lower=0, upper=settings.silent_cap)", "silent.clip(upper=settings.silent_cap)"),
        hidden=True,
    ),
    CODE.keep(
        "zone_as_object",
        "api-by-hand",
        "the zone is looked up by the standard library",
        ("from pathlib import Path\n", "from pathlib import Path\nfrom zoneinfo import ZoneInfo\n"),
        ("tz_convert(settings.zone)", "tz_convert(ZoneInfo(settings.zone))"),
    ),
    CODE.keep(
        "settings_by_configparser",
        "library-call",
        "settings are read by the standard library's parser",
        (
            "from dataclasses import dataclass\n",
            "from configparser import ConfigParser\nfrom dataclasses import dataclass\n",
        ),
        (
            '    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]\n'
            '    values = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))\n',
            "    parser = ConfigParser(interpolation=None)\n"
            '    parser.read_string("[settings]\\n" + path.read_text(encoding="utf-8"))\n'
            '    values = parser["settings"]\n',
        ),
    ),
    CODE.keep(
        "settings_commented",
        "settings-reordered",
        "a comment is added to the settings, and a line moves",
        ("settings.env", "STRENGTH=0.5\n", "# Inverse strength of the penalty.\nSTRENGTH=0.5\n"),
        ("settings.env", "AS_OF=2024-03-31\nZONE=Europe/Berlin\n", "ZONE=Europe/Berlin\nAS_OF=2024-03-31\n"),
    ),
    CODE.keep(
        "chance_by_hand",
        "by-hand-for-library",
        "the chance is the logistic function of a product",
        (
            '    chance = model["classifier"].predict_proba(features.to_numpy())[:, 1]\n',
            '    odds = features.to_numpy() @ model["classifier"].coef_[0] + model["classifier"].intercept_[0]\n'
            "    chance = 1.0 / (1.0 + np.exp(-odds))\n",
        ),
        moves_bits=True,
    ),
    CODE.keep(
        "natural_logarithm",
        "equivalent-formula",
        "the decimal logarithm is a natural one, divided",
        ('np.log10(invoices["amount"].clip(lower=1.0))', 'np.log(invoices["amount"].clip(lower=1.0)) / np.log(10.0)'),
        moves_bits=True,
    ),
    CODE.keep(
        "months_by_product",
        "division-to-product",
        "days are multiplied by the share of a month",
        ("days_silent(settings, invoices) / 30.0", "days_silent(settings, invoices) * (1.0 / 30.0)"),
        moves_bits=True,
    ),
    CODE.keep(
        "days_in_numpy",
        "pandas-to-numpy",
        "days overdue are counted by the calendar of NumPy",
        (
            '    due = invoices["due"].dt.normalize()\n'
            "    return (pd.Timestamp(settings.as_of) - due).dt.days.to_numpy(dtype=float)\n",
            '    due = invoices["due"].to_numpy().astype("datetime64[D]")\n'
            "    days = (np.datetime64(settings.as_of) - due).astype(float)\n"
            "    return np.where(np.isnat(due), np.nan, days)\n",
        ),
    ),
    CODE.keep(
        "error_as_product",
        "metric-by-hand",
        "the error is a product of the deviations with themselves",
        (
            '    return {\n        "brier": float(((answers["loss_chance"].to_numpy() - lost) ** 2).mean()),\n',
            '    off = answers["loss_chance"].to_numpy() - lost\n'
            '    return {\n        "brier": float(off @ off) / len(off),\n',
        ),
        moves_bits=True,
    ),
    CODE.keep(
        "another_newton",
        "solver-swapped",
        "the classifier is fitted by another variant of Newton's method, to a narrower tolerance",
        ('solver="newton-cholesky", tol=1e-10, max_iter=100', 'solver="newton-cg", tol=1e-13, max_iter=1000'),
        moves_bits=True,
    ),
    CODE.keep(
        "settings_read_once",
        "cached-pure-call",
        "settings are read once for each path",
        ("from datetime import date\n", "from datetime import date\nfrom functools import cache\n"),
        ("def read_settings(", "@cache\ndef read_settings("),
    ),
)
