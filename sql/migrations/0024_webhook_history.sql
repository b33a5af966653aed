-- The history of a webhook that was deleted may be long: upkeep takes it away in small steps, and nobody waits for it.

ALTER TABLE webhook_delivery DROP FOREIGN KEY webhook_delivery_endpoint;
