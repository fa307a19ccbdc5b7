"""Durable workflows of five steps, each started and awaited over HTTP."""
from dbos import Dbos
from flow_peer import CLIENTS
from peer import Comparison
from restate import Restate
from stepd_flows import StepdFlows

DURABLE = Comparison("durable", "Durable workflows of five steps, from the start until the end is known", StepdFlows.ways[0], "workflows",
                     list(CLIENTS), [StepdFlows, Restate, Dbos])
