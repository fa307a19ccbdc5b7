"""AWS's clients for S3, set at one daemon as a user would set them."""
import json
import subprocess

import boto3
from botocore.config import Config

import harness

MIB = 1024 * 1024


def s3(stepd, host="127.0.0.1", **config):
    """boto3's client; `host` may be a name, and `config` what botocore.config.Config takes."""
    return boto3.client("s3", endpoint_url=f"http://{host}:{stepd.port}", region_name=harness.REGION, aws_access_key_id="test",
                        aws_secret_access_key="test", config=Config(retries={"max_attempts": 1}, **config))


def environment(stepd):
    return {**stepd.aws_environment(), "AWS_ENDPOINT_URL_S3": stepd.url, "AWS_EC2_METADATA_DISABLED": "true"}


def aws(stepd, *arguments, program=harness.CLIENTS / "bin" / "aws"):
    """One call of `aws s3` or `aws s3api`; answers what it prints."""
    done = subprocess.run([program, "--endpoint-url", stepd.url, *map(str, arguments)], capture_output=True, text=True, timeout=120,
                          env=environment(stepd))
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def javascript(stepd, script):
    """A module that has `client`, an S3Client, the commands as `s3`, Upload and getSignedUrl; answers what it returns."""
    module = ("import * as s3 from '@aws-sdk/client-s3';\nimport { Upload } from '@aws-sdk/lib-storage';\n"
              "import { getSignedUrl } from '@aws-sdk/s3-request-presigner';\nimport { Readable } from 'node:stream';\n"
              f"const client = new s3.S3Client({{ endpoint: '{stepd.url}', forcePathStyle: true }});\n"
              f"const result = await (async () => {{ {script} }})();\nprocess.stdout.write(JSON.stringify(result ?? null));\n")
    done = subprocess.run([harness.CLIENTS / "bin" / "node", "--input-type=module", "-"], input=module, capture_output=True,
                          text=True, timeout=120, env=environment(stepd), cwd=harness.CLIENTS)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def some_bytes(size, seed=7):
    """Bytes that differ along the way, and are the same for one seed."""
    block = bytes((i * seed + i // 251) % 256 for i in range(65536))
    return (block * (size // len(block) + 1))[:size]
