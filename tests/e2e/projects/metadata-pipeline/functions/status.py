import json
import os
from decimal import Decimal

import boto3

HEADERS = {"Content-Type": "application/json", "Access-Control-Allow-Origin": "*"}


def reply(status, body):
    def plain(value):
        if isinstance(value, Decimal):
            return int(value) if value == value.to_integral_value() else float(value)
        raise TypeError(type(value).__name__)
    return {"statusCode": status, "headers": HEADERS, "body": json.dumps(body, default=plain)}


def lambda_handler(event, context):
    filename = (event.get("pathParameters") or {}).get("filename")
    if not filename:
        return reply(400, {"error": "filename path parameter is missing."})
    try:
        table = boto3.resource("dynamodb").Table(os.environ["DYNAMODB_TABLE_NAME"])
        found = table.get_item(Key={"ImageKey": f"uploads/{filename.removeprefix('/')}"}).get("Item")
    except Exception as error:
        print("failed:", error)
        return reply(500, {"error": "An internal server error occurred while processing your request."})
    return reply(200, found) if found else reply(404, {"message": "Image details not found for the given image identifier."})
