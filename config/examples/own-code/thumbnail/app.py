"""Makes a thumbnail of an object that has arrived; the event is the `detail` of S3's event on EventBridge."""
import io
import os

import boto3
from PIL import Image, ImageOps

s3 = boto3.client("s3")
SIZE = int(os.environ["SIZE"])


def lambda_handler(event, context):
    bucket, key = event["bucket"]["name"], event["object"]["key"]
    picture = Image.open(io.BytesIO(s3.get_object(Bucket=bucket, Key=key)["Body"].read()))
    kind = picture.format
    picture = ImageOps.exif_transpose(picture)
    picture.thumbnail((SIZE, SIZE))
    target = io.BytesIO()
    picture.save(target, kind)
    s3.put_object(Bucket=os.environ["THUMBNAILS_BUCKET"], Key=key, Body=target.getvalue(), ContentType=f"image/{kind.lower()}")
    print(f"{key}: {picture.width} x {picture.height}")
    return {"key": key, "width": picture.width, "height": picture.height, "bytes": len(target.getvalue())}
