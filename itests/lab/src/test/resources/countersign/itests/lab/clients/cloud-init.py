# What cloud-init's Azure datasource does on the network, by its own classes. Arguments: a folder of its own, then any of
# metadata (prints what IMDS said), ready (goal state and health report), goal-state (once: cloud-init itself tries for 20 minutes).
import json
import sys

from cloudinit import helpers
from cloudinit.sources import DataSourceAzure as azure
from cloudinit.sources.helpers import azure as fabric
from cloudinit.url_helper import UrlError

datasource = azure.DataSourceAzure({}, None, helpers.Paths({"cloud_dir": sys.argv[1], "run_dir": sys.argv[1]}))
for step in sys.argv[2:]:
    if step == "metadata":
        print(json.dumps(datasource.get_imds_data_with_api_fallback(retries=0)))
    elif step == "ready":
        datasource._report_ready()
        print("ready")
    elif step == "goal-state":
        try:
            headers = fabric.AzureEndpointHttpClient.headers
            url = "http://%s/machine/?comp=goalstate" % azure.DEFAULT_WIRESERVER_ENDPOINT
            print(fabric.http_with_retries(url, headers=headers, timeout_minutes=0).code)
        except UrlError as e:
            print(e.code)
print("done")
