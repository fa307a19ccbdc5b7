// The shared worker: a page sends { topics } and { gone: true }, and gets what the hub tells.
import { Hub } from "./hub.js";

const hub = new Hub();
self.onconnect = ({ ports: [port] }) => {
  hub.join(port, message => port.postMessage(message));
  port.onmessage = ({ data }) => data.gone ? hub.leave(port) : hub.want(port, data.topics);
};
