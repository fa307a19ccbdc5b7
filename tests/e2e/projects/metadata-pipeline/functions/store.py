import json
import os
import time
from decimal import Decimal

import boto3

table = boto3.resource("dynamodb").Table(os.environ["DYNAMODB_TABLE_NAME"])
KEPT = ("image_type", "validation_status", "thumbnails", "thumbnail_generation_status", "extracted_metadata", "metadata_extraction_status")


def lambda_handler(event, context):
    now = int(time.time())
    item = {"ImageKey": event["s3_key"], "s3_bucket_original": event["s3_bucket"], "s3_key_original": event["s3_key"],
            **{name: event[name] for name in KEPT if name in event}, "overall_processing_status": "COMPLETED", "created_at": now,
            "updated_at": now}
    table.put_item(Item=json.loads(json.dumps(item), parse_float=Decimal))
    return {**event, "dynamodb_storage_status": "SUCCESS", "overall_processing_status": "COMPLETED"}
