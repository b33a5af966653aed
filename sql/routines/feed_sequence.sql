-- Moves the oldest committed rows of the outbox into the feed, in one transaction. docs/decisions/0011-feed.md
--
-- Returns how many it moved, or -1 when p_fence is not that of the holder any more. p_most: rows at most.
-- Whoever comes second waits for the row of feed_state, and then sees what the first one did: the rows are
-- looked for after that, and the ones found are noted, because others go on committing meanwhile.
DROP FUNCTION IF EXISTS feed_sequence;
CREATE FUNCTION feed_sequence(p_fence BIGINT UNSIGNED, p_most INT)
  RETURNS BIGINT
  NOT DETERMINISTIC
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
BEGIN
  DECLARE v_seq, v_fence BIGINT UNSIGNED;
  DECLARE v_ids MEDIUMTEXT CHARACTER SET ascii;
  DECLARE v_numbers, v_moved BIGINT DEFAULT 0;

  SELECT seq, fence INTO v_seq, v_fence FROM feed_state WHERE id = 1 FOR UPDATE;
  IF v_fence <> p_fence THEN
    RETURN -1;
  END IF;

  SELECT CONCAT('[', GROUP_CONCAT(o.id ORDER BY o.id SEPARATOR ','), ']'), SUM(o.size) INTO v_ids, v_numbers
    FROM (SELECT id, 1 + COALESCE(JSON_LENGTH(balances), 0) AS size FROM outbox ORDER BY id LIMIT p_most) o;
  IF v_ids IS NOT NULL THEN
    INSERT INTO event (seq, size, resource, type, subject, actor, app, request_id, traceparent, at, data, balances)
    SELECT v_seq + 1 + SUM(t.size) OVER (ORDER BY t.id ROWS UNBOUNDED PRECEDING) - t.size, t.size,
           SUBSTRING_INDEX(SUBSTRING_INDEX(t.type, '.', 2), '.', -1), t.type, t.subject, t.actor, t.app,
           t.request_id, t.traceparent, t.created_at, t.data, t.balances
      FROM (SELECT o.*, 1 + COALESCE(JSON_LENGTH(o.balances), 0) AS size
              FROM JSON_TABLE(v_ids, '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$')) j
              STRAIGHT_JOIN outbox o ON o.id = j.id) t;
    SET v_moved = ROW_COUNT();
    DELETE o FROM JSON_TABLE(v_ids, '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$')) j
      STRAIGHT_JOIN outbox o ON o.id = j.id;
  END IF;
  UPDATE feed_state SET seq = v_seq + COALESCE(v_numbers, 0), renewed_at = UTC_TIMESTAMP(6)
   WHERE id = 1 AND (v_moved > 0 OR renewed_at < UTC_TIMESTAMP(6) - INTERVAL 1 SECOND);
  RETURN v_moved;
END;
