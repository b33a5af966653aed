"""What the feed has been told, whether it was sequenced already or not."""

# To stand behind FROM; `place` is in the order of the feed. Without the events of balances, which follow from these.
ANNOUNCED = ("(SELECT type, subject, actor, app, request_id, traceparent, data, seq AS place FROM event"
             " WHERE resource <> 'stock_level' UNION ALL SELECT type, subject, actor, app, request_id, traceparent,"
             " data, id + 1000000000000 FROM outbox) o")
