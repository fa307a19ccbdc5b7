"""Topics with subscribers: what is published reaches each that wants it, late rather than never, and nobody waits for the slow."""
import contextlib
import email
import email.policy
import json
import sqlite3
import threading

import pytest

import harness
import receivers

TOPIC = f"arn:aws:sns:{harness.REGION}:{harness.ACCOUNT}:news"
QUICK = {"first_pause": "20ms", "longest_pause": "50ms"}


def configuration(**subscribers):
    return json.dumps({"topics": {"news": {"subscribers": subscribers}}})


def webhook(receiver, **more):
    return {"webhook": receiver.url, **QUICK, **more}


def publishing(**parameters):
    return {"StartAt": "Tell", "States": {"Tell": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "End": True,
                                                   "Parameters": {"TopicArn": TOPIC, **parameters}}}}


def publish(stepd, name="teller", **parameters):
    """Runs a machine that publishes once; answers DescribeExecution's answer."""
    stepd.client().create_state_machine(name=name, definition=json.dumps(publishing(**parameters)),
                                        roleArn="arn:aws:iam::123456789012:role/any")
    return stepd.run(name, {})


def message_id(description):
    assert description["status"] == "SUCCEEDED", description
    return json.loads(description["output"])["MessageId"]


def waiting(stepd):
    """The ids of the messages that somebody has not got yet, by our own SQL."""
    with contextlib.closing(sqlite3.connect(f"file:{stepd.data / 'stepd.db'}?mode=ro", uri=True)) as database:
        return database.execute("SELECT DISTINCT id FROM outbox").fetchall()


def dead_letters(stepd, subscriber):
    return harness.json_lines(stepd.data / "topics" / f"news.{subscriber}.dead.jsonl")


def test_a_paused_daemon_delivers_nothing(serve):
    with receivers.Receiver() as hook:
        hook.answers = [500] * 1_000
        stepd = serve(configuration(hook=webhook(hook, attempts=1_000)))
        publish(stepd, Message="later")
        harness.wait_until(lambda: hook.requests, "a first attempt")
        stepd.stop()
        hook.answers, hook.requests = [], []
        stepd.start("--paused")
        stepd.get("/health")
        stepd.stop()
        assert (hook.requests, len(waiting(stepd))) == ([], 1)
        stepd.start()
        harness.wait_until(lambda: hook.requests, "the delivery")


def test_a_webhook_gets_sns_s_envelope_and_a_file_the_record(serve, tmp_path):
    with receivers.Receiver() as hook:
        copy = tmp_path / "copy.jsonl"
        stepd = serve(configuration(hook=webhook(hook), copy={"file": str(copy)}))
        attribute = {"DataType": "String", "StringValue": "SUCCESS"}
        sent = message_id(publish(stepd, Message={"key": "a.jpg", "n": 1}, Subject="Ready", MessageAttributes={"status": attribute}))
        (headers, body), = hook.wait_for(1)
        envelope = json.loads(body)
        assert {k: envelope[k] for k in ("Type", "MessageId", "TopicArn", "Subject", "Message", "MessageAttributes")} == {
            "Type": "Notification", "MessageId": sent, "TopicArn": TOPIC, "Subject": "Ready", "Message": '{"key":"a.jpg","n":1}',
            "MessageAttributes": {"status": {"Type": "String", "Value": "SUCCESS"}}}
        assert envelope["Timestamp"].endswith("Z")
        assert headers["x-amz-sns-message-type"] == "Notification"
        assert (headers["x-amz-sns-message-id"], headers["x-amz-sns-topic-arn"]) == (sent, TOPIC)
        assert headers["x-amz-sns-subscription-arn"] == TOPIC + ":hook"
        harness.wait_until(lambda: not waiting(stepd), "an empty outbox")
        assert [line["messageId"] for line in harness.json_lines(copy)] == [sent]
        assert [line["messageId"] for line in harness.json_lines(stepd.data / "topics" / "news.jsonl")] == [sent]


def test_each_protocol_reads_its_own_text_and_a_raw_subscriber_nothing_but_it(serve, tmp_path):
    with receivers.Receiver() as hook, receivers.Receiver() as raw, receivers.MailServer(tmp_path) as mail:
        stepd = serve(configuration(hook=webhook(hook), raw=webhook(raw, raw=True), ops={
            "email": ["ops@example.org"], "from": "stepd@example.org", "server": mail.url, "encryption": "none"}))
        sent = publish(stepd, MessageStructure="json", Message={"default": "for all", "http": "for hooks", "email": "for people"})
        assert json.loads(hook.wait_for(1)[0][1])["Message"] == "for hooks"
        headers, body = raw.wait_for(1)[0]
        assert (headers["x-amz-sns-rawdelivery"], body) == ("true", "for hooks")
        mailed = email.message_from_bytes(mail.wait_for(1)[0].content, policy=email.policy.default)
        assert mailed.get_content().strip() == "for people"
        assert message_id(sent) in mailed["Message-ID"]


def test_what_a_receiver_fails_to_take_is_sent_again_until_it_is_taken(serve):
    with receivers.Receiver([500, 503, 429]) as hook:
        stepd = serve(configuration(hook=webhook(hook)))
        sent = message_id(publish(stepd, Message="hello"))
        assert [json.loads(body)["MessageId"] for _, body in hook.wait_for(4)] == [sent] * 4
        harness.wait_until(lambda: not waiting(stepd), "an empty outbox")
        assert len(hook.requests) == 4
        assert dead_letters(stepd, "hook") == []


@pytest.mark.parametrize("answers, attempts", [([500] * 9, 3), ([404], 1)])
def test_after_the_last_attempt_a_message_is_a_dead_letter(serve, answers, attempts):
    with receivers.Receiver(answers) as hook:
        stepd = serve(configuration(hook=webhook(hook, attempts=3)))
        sent = message_id(publish(stepd, Message="hello"))
        letter, = harness.wait_until(lambda: dead_letters(stepd, "hook"), "a dead letter")
        assert (letter["messageId"], letter["subscriber"], letter["attempts"]) == (sent, "hook", attempts)
        assert str(answers[0]) in letter["why"]
        assert letter["message"]["text"] == "hello"
        harness.wait_until(lambda: not waiting(stepd), "an empty outbox")
        assert len(hook.requests) == attempts


def test_a_filter_lets_through_what_its_subscriber_wants(serve):
    with receivers.Receiver() as good, receivers.Receiver() as large, receivers.Receiver() as everything:
        stepd = serve(configuration(
            good=webhook(good, filter={"status": [{"anything-but": ["FAILED"]}], "name": [{"prefix": "holiday/"}, "cat.jpg"]}),
            large=webhook(large, filter={"size": [{"numeric": [">", 1000]}], "draft": [{"exists": False}]}),
            all=webhook(everything)))

        def attributes(status, name, size, **more):
            given = {"status": ("String", status), "name": ("String", name), "size": ("Number", size), **more}
            return {key: {"DataType": kind, "StringValue": value} for key, (kind, value) in given.items()}
        cases = {"one": attributes("SUCCESS", "holiday/a.jpg", "20"), "two": attributes("FAILED", "holiday/b.jpg", "2000"),
                 "three": attributes("SUCCESS", "cat.jpg", "1001"), "four": attributes("SUCCESS", "dog.jpg", "5e3", draft=("String", "1"))}
        for name, given in cases.items():
            message_id(publish(stepd, name, Message=name, MessageAttributes=given))
        message_id(publish(stepd, "five", Message="five"))
        everything.wait_for(5)
        harness.wait_until(lambda: not waiting(stepd), "an empty outbox")

        def got(receiver):
            return sorted(json.loads(body)["Message"] for _, body in receiver.requests)
        assert got(good) == ["one", "three"]
        assert got(large) == ["three", "two"]


def test_a_message_outlives_a_kill_while_its_receiver_is_away(serve, tmp_path):
    port = harness.free_port()
    config = json.dumps({"topics": {"news": {"subscribers": {"hook": {
        "webhook": f"http://127.0.0.1:{port}/hook", "attempts": 1000, **QUICK}}}}})
    stepd = serve(config)
    sent = message_id(publish(stepd, Message="hello"))
    harness.wait_until(lambda: "trying again" in stepd.printed(), "a failed attempt")
    stepd.kill()
    assert len(waiting(stepd)) == 1
    said = harness.run_stepd("doctor", "--data", stepd.data)
    assert said.returncode == 0 and "wait to be delivered: 1" in said.stdout and "for topic/news/hook" in said.stdout
    with receivers.Receiver(port=port) as hook:
        stepd.start()
        assert [json.loads(body)["MessageId"] for _, body in hook.wait_for(1)] == [sent]
        harness.wait_until(lambda: not waiting(stepd), "an empty outbox")
        stepd.kill()
        stepd.start()
        message_id(publish(stepd, "again", Message="hello again"))
        assert [json.loads(body)["Message"] for _, body in hook.wait_for(2)] == ["hello", "hello again"]


def test_nobody_waits_for_a_slow_receiver(serve):
    with receivers.Receiver() as slow, receivers.Receiver() as quick:
        slow.hold = threading.Event()
        stepd = serve(configuration(slow=webhook(slow), quick=webhook(quick)))
        for i in range(20):
            message_id(publish(stepd, f"teller-{i}", Message=f"hello {i}"))
        quick.wait_for(20)
        assert slow.requests and len(waiting(stepd)) == 20   # none of them has been answered
        slow.hold.set()
        slow.wait_for(20)
        harness.wait_until(lambda: not waiting(stepd), "an empty outbox")


def test_no_redirect_leads_to_another_address(serve):
    with receivers.Receiver() as inside, receivers.Receiver([302] * 9, headers={"Location": inside.url}) as hook:
        stepd = serve(configuration(hook=webhook(hook, attempts=2)))
        message_id(publish(stepd, Message="hello"))
        harness.wait_until(lambda: dead_letters(stepd, "hook"), "a dead letter")
        assert inside.requests == []


@pytest.mark.parametrize("encryption", ["starttls", "smtps"])
def test_mail_goes_encrypted_with_a_password_that_no_log_shows(serve, tmp_path, encryption):
    secret = "s3cret-and-long"
    (tmp_path / "password").write_text(secret + "\n")
    with receivers.MailServer(tmp_path, encryption, ("stepd", secret)) as mail:
        stepd = serve(configuration(ops={
            "email": ["ops@example.org", "eve@example.org"], "from": "stepd@example.org", "server": mail.url, "user": "stepd",
            "password": {"file": str(tmp_path / "password")}, "ca_file": str(mail.certificate), **QUICK}))
        publish(stepd, Message="Grüße\n.\nende", Subject="Fertig: Äpfel und Birnen")
        envelope = mail.wait_for(1)[0]
        assert (envelope.mail_from, envelope.rcpt_tos) == ("stepd@example.org", ["ops@example.org", "eve@example.org"])
        mailed = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert mailed["Subject"] == "Fertig: Äpfel und Birnen"
        assert mailed.get_content().splitlines() == ["Grüße", ".", "ende"]
        assert mail.logins == [("stepd", secret)]
        assert secret not in stepd.printed()


def test_mail_that_must_be_encrypted_is_not_sent_in_the_clear(serve, tmp_path):
    with receivers.MailServer(tmp_path) as mail:
        stepd = serve(configuration(ops={"email": ["ops@example.org"], "from": "stepd@example.org", "server": mail.url, "attempts": 2,
                                         **QUICK}))
        publish(stepd, Message="hello")
        harness.wait_until(lambda: dead_letters(stepd, "ops"), "a dead letter")
        assert mail.envelopes == []


@pytest.mark.parametrize("parameters, says", [
    ({"Message": "x", "Subject": "two\nlines"}, "Subject"), ({"Message": "x", "Subject": "s" * 101}, "Subject"),
    ({"Message": {"http": "x"}, "MessageStructure": "json"}, "default"),
    ({"Message": "x", "MessageAttributes": {"a": {"DataType": "String"}}}, "StringValue")])
def test_what_sns_refuses_fails_by_sns_s_name(serve, parameters, says):
    stepd = serve(configuration())
    refused = publish(stepd, **parameters)
    assert (refused["status"], refused["error"]) == ("FAILED", "SNS.InvalidParameterException")
    assert says.lower() in refused["cause"].lower()
    assert harness.json_lines(stepd.data / "topics" / "news.jsonl") == []


def test_a_run_in_memory_delivers_what_it_publishes_or_leaves_a_dead_letter(serve, tmp_path):
    with receivers.Receiver() as hook:
        stepd = serve(configuration(hook=webhook(hook)))
        definition = tmp_path / "tell.asl.json"
        definition.write_text(json.dumps(publishing(Message="from a run")))

        def run():
            done = harness.run_stepd("run", definition, "--config", stepd.config, "--data", stepd.data)
            return json.loads(done.stdout)["MessageId"]
        ids = [run()]   # beside the daemon
        hook.wait_for(1)
        stepd.stop()
        ids.append(run())
        assert [json.loads(body)["MessageId"] for _, body in hook.requests] == ids
        hook.answers = [500] * 1000
        ids.append(run())
        letter, = dead_letters(stepd, "hook")
        assert (letter["messageId"], letter["message"]["text"]) == (ids[2], "from a run")


def test_what_an_older_release_left_in_its_spool_is_delivered(serve, tmp_path):
    with receivers.Receiver() as hook:
        spool = tmp_path / "data" / "topics" / "news.spool"
        spool.mkdir(parents=True)
        record = {"messageId": "of-old", "topic": "news", "time": "2026-11-21T06:44:00.123Z", "text": "hello", "message": "hello"}
        (spool / "of-old.jsonl").write_text('{"to":["hook","other"]}\n' + json.dumps(record) + '\n\n{"subscriber":"other","done":true}\n')
        (spool / ".lock").touch()
        stepd = serve(configuration(hook=webhook(hook), other=webhook(hook)))
        (headers, body), = hook.wait_for(1)
        assert (headers["x-amz-sns-message-id"], json.loads(body)["Message"]) == ("of-old", "hello")
        harness.wait_until(lambda: not waiting(stepd), "an empty outbox")
        assert not spool.exists()
        assert len(hook.requests) == 1


@pytest.mark.parametrize("subscriber, says", [
    ({"webhook": "ftp://example.org"}, "http://"), ({"webhook": "file:///etc/passwd"}, "http://"), ({}, "webhook, email, function and file"),
    ({"email": ["a@b\r\nBcc: c@d"], "from": "a@b", "server": "smtp://x"}, "no address"),
    ({"email": ["a@b"], "from": "a@b", "server": "smtp://x", "user": "u"}, "go together"),
    ({"webhook": "http://x", "authorization": "hunter2"}, "and not the secret"),
    ({"webhook": "http://x", "filter": {"a": [{"prefx": "b"}]}}, "unknown operator")])
def test_a_subscriber_that_cannot_be_is_named_with_its_line(tmp_path, subscriber, says):
    config = tmp_path / "stepd.yaml"
    config.write_text(configuration(hook=subscriber))
    done = harness.run_stepd("serve", "--config", config, "--data", tmp_path / "data")
    assert done.returncode == 2
    assert says in done.stderr and "hunter2" not in done.stderr, done.stderr
