import io
import os

import boto3
from PIL import Image

s3 = boto3.client("s3")
rekognition = boto3.client("rekognition")


def labels_of(bucket, key):
    try:
        found = rekognition.detect_labels(Image={"S3Object": {"Bucket": bucket, "Name": key}}, MaxLabels=10, MinConfidence=75)
        return {"rekognition_labels": [{"Name": each["Name"], "Confidence": each["Confidence"]} for each in found["Labels"]]}
    except Exception as error:
        return {"rekognition_error": str(error)}


def lambda_handler(event, context):
    bucket, key = event["s3_bucket"], event["s3_key"]
    data = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    picture = Image.open(io.BytesIO(data))
    told = {"filename": os.path.basename(key), "filesize_bytes": len(data), "format": picture.format, "width_pixels": picture.width,
            "height_pixels": picture.height, "mode": picture.mode}
    if os.environ.get("USE_REKOGNITION", "").lower() == "true":
        told.update(labels_of(bucket, key))
    return {**event, "extracted_metadata": told, "metadata_extraction_status": "SUCCESS"}
