import os


def bucket():
    name = os.environ.get("PRICES_BUCKET")
    if not name:
        raise LookupError("PRICES_BUCKET is not set: it names the bucket that the prices go to")
    return name


def upload(prices, bucket, key="prices.csv"):
    """Straight from memory; the server is the one that AWS_ENDPOINT_URL names, if any."""
    import boto3
    from smart_open import open as open_there

    place = f"s3://{bucket}/{key}"
    with open_there(place, "w", encoding="utf-8", transport_params={"client": boto3.client("s3")}) as f:
        prices.to_csv(f, index=False, lineterminator="\n")
    return place
