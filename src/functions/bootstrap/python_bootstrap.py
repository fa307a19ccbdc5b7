"""Runs a Python handler under Lambda's Runtime API: through awslambdaric where that is installed, else by itself.

Messages, frames of errors and the lines of the log are those of AWS's own client (awslambdaric 4).
"""
import importlib
import importlib.util
import json
import logging
import os
import socket
import sys
import time
import traceback

HEAD_MAX = 1 << 20
NBSP = "\u00a0"


class Fault(Exception):
    """Something that is reported under a name of Lambda's."""

    def __init__(self, kind, message, trace=None):
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.trace = trace or []


# ---- the log -----------------------------------------------------------------------------------------------------------


class Sink:
    """One write is one event of the log, however many lines it has."""

    def __init__(self):
        descriptor = os.environ.pop("_LAMBDA_TELEMETRY_LOG_FD", "")
        self.descriptor = int(descriptor) if descriptor.isdigit() else None

    def write(self, text, frame_type=0xA55A0003):
        if self.descriptor is None:
            sys.stdout.write(text.replace("\n", "\r") + "\n")
            sys.stdout.flush()
            return
        data = text.encode("utf-8", "backslashreplace")
        head = frame_type.to_bytes(4, "big") + len(data).to_bytes(4, "big") + int(time.time() * 1_000_000).to_bytes(8, "big")
        data = head + data
        while data:
            data = data[os.write(self.descriptor, data):]


class Handler(logging.Handler):
    def __init__(self, sink):
        super().__init__()
        self.sink = sink

    def emit(self, record):
        try:
            self.sink.write(self.format(record))
        except Exception:
            self.handleError(record)


class RequestId(logging.Filter):
    request_id = None

    def filter(self, record):
        record.aws_request_id = RequestId.request_id or ""
        return True


class JsonFormatter(logging.Formatter):
    """AWS_LAMBDA_LOG_FORMAT=JSON."""
    PLAIN = set(vars(logging.LogRecord("", 0, "", 0, "", (), None))) | {"message", "asctime", "aws_request_id"}

    def format(self, record):
        line = {"timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)), "level": record.levelname,
                "message": record.getMessage(), "logger": record.name}
        if record.exc_info:
            kind, error, trace = record.exc_info
            line["stackTrace"] = traceback.format_tb(trace)
            line["errorType"] = kind.__name__ if kind else None
            line["errorMessage"] = str(error)
        for name, value in vars(record).items():
            if name not in self.PLAIN and name not in line:
                line[name] = value
        line["requestId"] = record.aws_request_id
        return json.dumps(line, default=str, ensure_ascii=False)


def set_up_logging(sink):
    handler = Handler(sink)
    if os.environ.get("AWS_LAMBDA_LOG_FORMAT", "").upper() == "JSON":
        handler.setFormatter(JsonFormatter())
    else:
        form = logging.Formatter("[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s", "%Y-%m-%dT%H:%M:%S")
        form.converter = time.gmtime
        handler.setFormatter(form)
    handler.addFilter(RequestId())
    logging.root.addHandler(handler)
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "").upper()
    if level in ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"):
        logging.root.setLevel({"TRACE": "DEBUG", "WARN": "WARNING", "FATAL": "CRITICAL"}.get(level, level))


def log_error(sink, error):
    kind, message, trace = error["errorType"], error["errorMessage"], error["stackTrace"]
    text = "[ERROR]" + (f" {kind}" if kind else "")
    if message:
        text += (":" if kind else "") + f" {message}"
    lines = [text, "Traceback (most recent call last):"]
    for element in trace:
        for line in element.splitlines() or [""]:
            bare = line.lstrip(" ")
            lines.append(NBSP * (len(line) - len(bare)) + bare)
    sink.write("\n".join(lines))


# ---- the Runtime API ---------------------------------------------------------------------------------------------------


class RuntimeClient:
    """One connection to Lambda's Runtime API, on bare sockets: http.client takes longer to import than all of this."""

    def __init__(self, address):
        host, port = address.rsplit(":", 1)
        self.address = (host, int(port))
        self.host = address
        self.socket = None
        self.rest = b""

    def exchange(self, method, path, body=b"", fields=()):
        if self.socket is None:
            self.socket = socket.create_connection(self.address)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        head = f"{method} /2018-06-01/runtime/{path} HTTP/1.1\r\nHost: {self.host}\r\n"
        if method == "POST":
            head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        for name, value in fields:
            head += f"{name}: {value}\r\n"
        self.socket.sendall(head.encode() + b"\r\n" + body)
        return self.receive()

    def receive(self):
        data = self.rest
        while b"\r\n\r\n" not in data:
            more = self.socket.recv(65536)
            if not more or len(data) > HEAD_MAX:
                raise ConnectionError("Lambda's Runtime API has closed the connection")
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        fields = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            fields[name.lower()] = value.strip()
        length = int(fields.get("content-length", "0"))
        parts = [body]
        have = len(body)
        while have < length:
            more = self.socket.recv(min(1 << 20, length - have))
            if not more:
                raise ConnectionError("Lambda's Runtime API has closed the connection")
            parts.append(more)
            have += len(more)
        body = b"".join(parts)
        self.rest = body[length:]
        return int(lines[0].split(" ")[1]), fields, body[:length]


class CognitoIdentity:
    __slots__ = ("cognito_identity_id", "cognito_identity_pool_id")

    def __init__(self, told):
        self.cognito_identity_id = told.get("cognitoIdentityId")
        self.cognito_identity_pool_id = told.get("cognitoIdentityPoolId")

    def __repr__(self):
        return f"CognitoIdentity([cognito_identity_id={self.cognito_identity_id},cognito_identity_pool_id={self.cognito_identity_pool_id}])"


class Client:
    __slots__ = ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name")

    def __init__(self, told):
        for name in self.__slots__:
            setattr(self, name, told.get(name))


class ClientContext:
    __slots__ = ("custom", "env", "client")

    def __init__(self, told):
        self.custom = told.get("custom")
        self.env = told.get("env")
        self.client = Client(told["client"]) if isinstance(told.get("client"), dict) else None

    def __repr__(self):
        return f"ClientContext([custom={self.custom},env={self.env},client={self.client}])"


class LambdaContext:
    def __init__(self, fields, sink):
        self.aws_request_id = fields["lambda-runtime-aws-request-id"]
        self.log_group_name = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME")
        self.memory_limit_in_mb = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.function_version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.invoked_function_arn = fields.get("lambda-runtime-invoked-function-arn")
        self.tenant_id = fields.get("lambda-runtime-aws-tenant-id")
        told = fields.get("lambda-runtime-client-context")
        self.client_context = ClientContext(json.loads(told.encode("latin-1"))) if told else None
        identity = fields.get("lambda-runtime-cognito-identity")
        self.identity = CognitoIdentity(json.loads(identity) if identity else {})
        self._epoch_deadline_time_in_ms = int(fields["lambda-runtime-deadline-ms"])
        self._sink = sink

    def get_remaining_time_in_millis(self):
        return max(self._epoch_deadline_time_in_ms - int(time.time() * 1000), 0)

    def log(self, message):
        self._sink.write(str(message))

    def __repr__(self):
        names = ("aws_request_id", "log_group_name", "log_stream_name", "function_name", "memory_limit_in_mb", "function_version",
                 "invoked_function_arn", "client_context", "identity", "tenant_id")
        return "LambdaContext([" + ",".join(f"{name}={getattr(self, name)}" for name in names) + "])"


# ---- handlers ----------------------------------------------------------------------------------------------------------


def find_handler(text):
    try:
        module_name, name = text.rsplit(".", 1)
    except ValueError as error:
        raise Fault("Runtime.MalformedHandlerName", f"Bad handler '{text}': {error}") from None
    try:
        if module_name.split(".")[0] in sys.builtin_module_names:
            raise Fault("Runtime.BuiltInModuleConflict", f"Cannot use built-in module {module_name} as a handler module")
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        raise Fault("Runtime.ImportModuleError", f"Unable to import module '{module_name}': {error}") from None
    except SyntaxError as error:
        raise Fault("Runtime.UserCodeSyntaxError", f"Syntax error in module '{module_name}': {error}",
                    [f'  File "{error.filename}" Line {error.lineno}\n    {error.text}']) from None
    try:
        return getattr(module, name)
    except AttributeError:
        raise Fault("Runtime.HandlerNotFound", f"Handler '{name}' missing on module '{module_name}'") from None


def frames_of(error):
    """From the first frame that is not of this file on."""
    frames = traceback.extract_tb(error.__traceback__)
    own = 0
    while own < len(frames) and frames[own].filename == __file__:
        own += 1
    return [f'  File "{each.filename}", line {each.lineno}, in {each.name}\n' + (f"    {each.line}\n" if each.line else "")
            for each in frames[own:]]


def describe(error, request_id):
    if isinstance(error, Fault):
        return {"errorMessage": error.message, "errorType": error.kind, "requestId": request_id, "stackTrace": error.trace}
    return {"errorMessage": str(error), "errorType": type(error).__name__, "requestId": request_id, "stackTrace": frames_of(error)}


def encode_special(value):
    from decimal import Decimal
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def to_json(value):
    escaped = sys.version_info < (3, 12)   # as the client of each version does
    try:
        return json.dumps(value, default=encode_special, ensure_ascii=escaped).encode("utf-8", "surrogatepass" if not escaped else "strict")
    except Exception as error:
        raise Fault("Runtime.MarshalError", f"Unable to marshal response: {error}") from None


def encode_error(error):
    return json.dumps(error, ensure_ascii=sys.version_info < (3, 12)).encode("utf-8", "replace")


def answer(handler, body, context):
    try:
        event = json.loads(body)
    except Exception as error:
        raise Fault("Runtime.UnmarshalError", f"Unable to unmarshal input: {error}") from None
    result = handler(event, context)
    return result if isinstance(result, bytes) else to_json(result)


def serve(handler_name, client, sink):
    try:
        handler = find_handler(handler_name)
    except Exception as error:
        described = describe(error, "")
        log_error(sink, described)
        client.exchange("POST", "init/error", encode_error(described), [("Lambda-Runtime-Function-Error-Type", described["errorType"])])
        sys.exit(1)
    while True:
        status, fields, body = client.exchange("GET", "invocation/next")
        if status != 200:
            sys.exit(1)
        request_id = RequestId.request_id = fields["lambda-runtime-aws-request-id"]
        if "lambda-runtime-trace-id" in fields:
            os.environ["_X_AMZN_TRACE_ID"] = fields["lambda-runtime-trace-id"]
        else:
            os.environ.pop("_X_AMZN_TRACE_ID", None)
        extra = []
        try:
            body = answer(handler, body, LambdaContext(fields, sink))
            path = f"invocation/{request_id}/response"
        except Exception as error:
            described = describe(error, request_id)
            log_error(sink, described)
            body = encode_error(described)
            path = f"invocation/{request_id}/error"
            extra = [("Lambda-Runtime-Function-Error-Type", described["errorType"])]
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except Exception:
                pass
        client.exchange("POST", path, body, extra)


def search_path(task_root):
    """Code, layers in the order of Lambda, what the interpreter has itself, and what stands in for AWS's own packages."""
    layers = os.environ.get("STEPD_LAYERS", "/opt")
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    return [task_root, f"{layers}/python/lib/{version}/site-packages", f"{layers}/python"]


def is_installed(name):
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def main():
    task_root = os.environ["LAMBDA_TASK_ROOT"]
    handler = os.environ["_HANDLER"]
    address = os.environ["AWS_LAMBDA_RUNTIME_API"]
    own = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = search_path(task_root) + [each for each in sys.path if each not in (own, "")]
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True, errors="backslashreplace")
    if os.environ.pop("STEPD_OWN_CLIENT", "") != "1" and is_installed("awslambdaric"):
        import runpy
        sys.argv[1:] = [handler]
        return runpy.run_module("awslambdaric", run_name="__main__", alter_sys=True)
    sink = Sink()
    set_up_logging(sink)
    os.environ.pop("STEPD_LAYERS", None)
    serve(handler, RuntimeClient(address), sink)


if __name__ == "__main__":
    main()
