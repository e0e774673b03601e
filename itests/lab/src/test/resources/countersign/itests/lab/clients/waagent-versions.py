# The first thing waagent asks WireServer, by its own classes, once: waagent itself takes a 403 for "busy" and asks 25 times.
from azurelinuxagent.common.exception import ProtocolError
from azurelinuxagent.common.protocol.wire import VERSION_INFO_URI, WireClient
from azurelinuxagent.common.utils import restutil

client = WireClient("168.63.129.16")
try:
    uri = VERSION_INFO_URI.format(client.get_endpoint())
    print(client.call_wireserver(restutil.http_get, uri, max_retry=1, return_raw_response=True).status)
except ProtocolError as e:
    print(e)
print("done")
