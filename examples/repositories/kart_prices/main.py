"""Prices of flats, from data/flats.csv to the bucket that PRICES_BUCKET names."""

import os
import sys

import gokart
from gokart.build import GokartBuildError

from prices.tasks import UploadPrices
from prices.upload import bucket


def main():
    os.environ.setdefault("LUIGI_CONFIG_PARSER", "ini")  # Else luigi warns of the file's name.
    gokart.add_config("conf/param.ini")
    os.makedirs("log", exist_ok=True)
    try:
        bucket()  # Before an hour of training.
        print(gokart.build(UploadPrices()))
    except LookupError as error:
        sys.exit(str(error))
    except GokartBuildError as error:
        sys.exit("; ".join(str(one) for errors in error.raised_exceptions.values() for one in errors))


if __name__ == "__main__":
    main()
