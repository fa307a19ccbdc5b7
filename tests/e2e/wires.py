"""AWS's clients for the services beside Step Functions: boto3, and modules for Node. The AWS CLI is Stepd.aws."""
import json
import subprocess

import boto3
import botocore.exceptions
import pytest
from botocore.config import Config

import harness


def client(stepd, service, **config):
    return boto3.client(service, endpoint_url=stepd.url, region_name=harness.REGION, aws_access_key_id="test", aws_secret_access_key="test",
                        config=Config(retries={"max_attempts": 1}, connect_timeout=10, read_timeout=60, **config))


def javascript(stepd, package, name, script):
    """A module that has the package as `aws` and a `client` of the class `name`; answers what `script` returns."""
    module = (f"import * as aws from '@aws-sdk/{package}';\nconst client = new aws.{name}({{ endpoint: '{stepd.url}' }});\n"
              f"const result = await (async () => {{ {script} }})();\nprocess.stdout.write(JSON.stringify(result ?? null));\n")
    done = subprocess.run([harness.CLIENTS / "bin" / "node", "--input-type=module", "-"], input=module, capture_output=True, text=True,
                          timeout=120, env=stepd.aws_environment(), cwd=harness.CLIENTS)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def refused(code, status=None):
    """Expects an error of that code; `.value.response` of what it gives has the rest."""
    return pytest.raises(botocore.exceptions.ClientError, match=code if status is None else f"{code}")


def error_of(raised):
    return raised.value.response["Error"]
