import io
import os

import boto3
from PIL import Image

s3 = boto3.client("s3")
TARGET = os.environ["THUMBNAILS_S3_BUCKET"]


def sizes():
    for text in os.environ.get("THUMBNAIL_SIZES", "128x128,256x256").split(","):
        try:
            width, height = map(int, text.strip().split("x"))
        except ValueError:
            print(f"skipped the size {text!r}")
            continue
        yield width, height


def lambda_handler(event, context):
    picture = Image.open(io.BytesIO(s3.get_object(Bucket=event["s3_bucket"], Key=event["s3_key"])["Body"].read()))
    form = picture.format if picture.format in ("JPEG", "PNG") else "JPEG"
    base = os.path.splitext(os.path.basename(event["s3_key"]))[0]
    made = {}
    for width, height in sizes():
        small = picture.convert("RGB") if form == "JPEG" and picture.mode == "RGBA" else picture.copy()
        small.thumbnail((width, height))
        target = io.BytesIO()
        small.save(target, form)
        key = f"thumbnails/{base}_{width}x{height}.{form.lower()}"
        s3.put_object(Bucket=TARGET, Key=key, Body=target.getvalue(), ContentType=Image.MIME[form])
        made[f"{width}x{height}"] = f"s3://{TARGET}/{key}"
    return {**event, "thumbnails": made, "thumbnail_generation_status": "SUCCESS"}
