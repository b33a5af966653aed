"""The feed, for tests that look at it."""

import stack as parts

# What the feed has been told, whether it was sequenced already or not. To stand behind FROM; `place` is in the order of the feed. Without the events of balances, which follow from these.
ANNOUNCED = ("(SELECT type, subject, actor, app, request_id, traceparent, data, seq AS place FROM event"
             " WHERE resource <> 'stock_level' UNION ALL SELECT type, subject, actor, app, request_id, traceparent,"
             " data, id + 1000000000000 FROM outbox) o")


def walk(api, after=0, **params):
    """All events from there on."""
    events = []
    while True:
        answer = api.get("/v1/events", params={"after": after, **params})
        assert answer.status_code == 200, answer.text
        said = answer.json()
        events += said["data"]
        assert said["next_after"] >= after
        after = said["next_after"]
        if not said["has_more"]:
            return events


def settle(place):
    """Waits until all that was committed is sequenced."""
    with place.database.owner() as db, db.cursor() as cursor:

        def empty():
            cursor.execute("SELECT COUNT(*) FROM outbox")
            return cursor.fetchone()[0] == 0

        parts.wait_for("the outbox", empty, 30)
