"""What the engines of durable workflows have in common."""
import flow_client
import peer

CLIENTS = {"1 client": 1, "16 clients": 16, "128 clients": 128}


class FlowPeer(peer.Peer):
    """An engine that a conversation of flow_client is held with, for each of its ways."""

    def __init__(self, place):
        super().__init__(place)
        self.port = None
        self.conversations = {}

    def measure(self, way, case):
        before = self.processor_seconds()
        load = flow_client.put_load(self.port, self.conversations[way], CLIENTS[case], self.place.seconds)
        load["cpu_ms"] = 1000 * (self.processor_seconds() - before) / load["count"]
        return load
