import os
from urllib.parse import unquote_plus

KINDS = (".jpg", ".jpeg", ".png")


def lambda_handler(event, context):
    bucket = event.get("bucket", {}).get("name")
    key = event.get("object", {}).get("key")
    if not bucket or not key:
        raise ValueError("The event names no bucket or no key.")
    key = unquote_plus(key)
    kind = os.path.splitext(key)[1].lower()
    if kind not in KINDS:
        raise ValueError(f"Images of the type '{kind}' are not supported.")
    return {"s3_bucket": bucket, "s3_key": key, "image_type": kind, "validation_status": "SUCCESS"}
