"""Who is told: a real HTTP receiver whose answers a test chooses, and a real SMTP server, each on a port of its own."""
import contextlib
import http.server
import subprocess
import ssl
import threading

import harness


class Receiver:
    """Answers as `answers` says, one after the other, then 200; remembers what came."""

    def __init__(self, answers=(), port=0, headers=None):
        self.answers = list(answers)
        self.requests = []
        self.hold = None   # an Event: answers wait for it
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.requests.append((dict(self.headers.items()), body.decode()))
                if receiver.hold:
                    receiver.hold.wait(harness.WORK_SECONDS)
                status = receiver.answers.pop(0) if receiver.answers else 200
                with contextlib.suppress(OSError):
                    self.send_response(status)
                    for name, value in (headers or {}).items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", "0")
                    self.end_headers()

            def log_message(self, *_):
                pass
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.hold:
            self.hold.set()
        self.server.shutdown()
        self.server.server_close()

    def wait_for(self, count):
        return harness.wait_until(lambda: len(self.requests) >= count and self.requests[:], f"{count} requests")


def certificate(folder):
    """A certificate for localhost, signed by itself, and its key."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
                   check=True, capture_output=True)
    return folder / "cert.pem", folder / "key.pem"


class MailServer:
    """Remembers the envelopes. `encryption`: None, "starttls" or "smtps"; `login`: (user, password) that it demands."""

    def __init__(self, folder, encryption=None, login=None):
        from aiosmtpd import controller, smtp
        self.envelopes = []
        self.logins = []
        server = self

        class Handler:
            async def handle_DATA(self, _server, _session, envelope):
                server.envelopes.append(envelope)
                return "250 taken"

        def authenticate(_server, _session, _envelope, _mechanism, data):
            server.logins.append((data.login.decode(), data.password.decode()))
            return smtp.AuthResult(success=server.logins[-1] == login)
        context = None
        if encryption:
            self.certificate, key = certificate(folder)
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(self.certificate, key)
        more = {"authenticator": authenticate, "auth_required": True, "auth_require_tls": encryption == "starttls"} if login else {}
        if encryption == "starttls":
            more |= {"tls_context": context, "require_starttls": True}
        port = harness.free_port()
        self.controller = controller.Controller(Handler(), hostname="127.0.0.1", port=port, server_hostname="localhost",
                                                ssl_context=context if encryption == "smtps" else None, **more)
        self.url = f"{'smtps' if encryption == 'smtps' else 'smtp'}://localhost:{port}"

    def __enter__(self):
        self.controller.start()
        return self

    def __exit__(self, *_):
        self.controller.stop()

    def wait_for(self, count):
        return harness.wait_until(lambda: len(self.envelopes) >= count and self.envelopes[:], f"{count} mails")
