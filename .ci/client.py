"""Uses the generated client as somebody would: lists alerts, acknowledges one, and then all of them."""

import importlib
import sys

client_of = importlib.import_module("generated_client")
api = "generated_client.api.alerts"
list_alerts = importlib.import_module(f"{api}.list_alerts")
acknowledge_alert = importlib.import_module(f"{api}.acknowledge_alert")
act_on_alerts = importlib.import_module(f"{api}.act_on_alerts")
models = importlib.import_module("generated_client.models")

client = client_of.AuthenticatedClient(base_url=sys.argv[1], token="campanile-development-api")

page = list_alerts.sync(client=client)
assert len(page.alerts) == 1, page
first = page.alerts[0]
assert str(first.condition) == "firing", first

taken = acknowledge_alert.sync(first.fingerprint, client=client, body=models.Act(note="by a generated client"))
assert str(taken.handling) == "acknowledged", taken
assert taken.acknowledgement.note == "by a generated client", taken

body = models.BulkAction.from_dict({"action": "unacknowledge", "fingerprints": [first.fingerprint]})
answer = act_on_alerts.sync(client=client, body=body)
assert (answer.done, answer.refused) == (1, 0), answer
print("the generated client listed an alert, acknowledged it and gave it back")
