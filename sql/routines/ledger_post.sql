-- Posts one movement: the same statements that domain/ledger.c could send one by one, in one round trip.
-- All rules about what may be posted are in domain/ledger.c; here stand only the guards that must hold at
-- the instant of the change. docs/decisions/0002-posting.md has the reasoning and the measurements.
--
-- p_balances  [[item, location, lot, "delta", "expected" or null], ...] one entry a balance, ascending by
--             (item, location, lot), so that concurrent postings lock in one order.
-- p_lines     [[item, lot, from, to, "quantity"], ...]
-- p_answer    what follows {"id":N,"recorded_at":"..." in the answer and in the event.
-- p_status    of the stored answer; 0: an import's key, which is kept for ever and stores no answer.
-- p_own       1: begins and commits, and a refusal rolls back; 0: inside the caller's transaction, where a
--             refusal undoes this posting alone.
--
-- One row: outcome, id, recorded_at, fingerprint, status, body
--   posted    id and recorded_at
--   refused   a balance is missing, too small, too large or not as expected; nothing was changed
--   replay    the key is known: fingerprint, status, body of the first answer
--   reversed  the original has been reversed already; id is that reversal
--   stale     the names were resolved at another epoch
DROP PROCEDURE IF EXISTS ledger_post;
CREATE PROCEDURE ledger_post(
  p_own TINYINT, p_epoch BIGINT UNSIGNED,
  p_actor VARCHAR(40) CHARACTER SET ascii, p_request_id VARCHAR(64) CHARACTER SET ascii,
  p_traceparent VARCHAR(55) CHARACTER SET ascii,
  p_key VARCHAR(255) CHARACTER SET ascii, p_fingerprint VARBINARY(32), p_status SMALLINT UNSIGNED,
  p_type VARCHAR(16) CHARACTER SET ascii, p_reference VARCHAR(120) CHARACTER SET utf8mb4,
  p_reason VARCHAR(255) CHARACTER SET utf8mb4, p_occurred_at DATETIME(6), p_reverses BIGINT UNSIGNED,
  p_balance_count INT, p_balances MEDIUMTEXT CHARACTER SET utf8mb4,
  p_line_count INT, p_lines MEDIUMTEXT CHARACTER SET utf8mb4, p_answer MEDIUMTEXT CHARACTER SET utf8mb4)
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
BEGIN
  DECLARE v_outcome VARCHAR(16) CHARACTER SET ascii DEFAULT 'posted';
  DECLARE v_now DATETIME(6) DEFAULT UTC_TIMESTAMP(6);
  DECLARE v_id BIGINT UNSIGNED;
  DECLARE v_body MEDIUMTEXT CHARACTER SET utf8mb4;
  -- A key or a reversal that is there already: which of the two is looked up below.
  DECLARE CONTINUE HANDLER FOR 1062 SET v_outcome = 'known';

  IF p_own THEN
    START TRANSACTION;
  ELSE
    SAVEPOINT ledger_post;
  END IF;

  IF p_epoch <> (SELECT epoch FROM name_epoch WHERE id = 1) THEN
    SET v_outcome = 'stale';
  END IF;

  IF v_outcome = 'posted' THEN
    UPDATE JSON_TABLE(p_balances, '$[*]' COLUMNS (
             item_id     BIGINT UNSIGNED PATH '$[0]',
             location_id BIGINT UNSIGNED PATH '$[1]',
             lot_id      BIGINT UNSIGNED PATH '$[2]',
             delta       DECIMAL(18,6)   PATH '$[3]',
             expected    DECIMAL(18,6)   PATH '$[4]')) b
    STRAIGHT_JOIN stock_level s
       ON s.item_id = b.item_id AND s.location_id = b.location_id AND s.lot_id = b.lot_id
      SET s.on_hand = s.on_hand + b.delta, s.version = s.version + 1, s.updated_at = v_now
    WHERE (b.delta > 0 OR s.on_hand + b.delta >= s.reserved)
      AND s.on_hand + b.delta <= 999999999999.999999
      AND (b.expected IS NULL OR s.on_hand = b.expected);
    IF ROW_COUNT() <> p_balance_count THEN
      SET v_outcome = 'refused';
    END IF;
  END IF;

  IF v_outcome = 'posted' THEN
    INSERT INTO movement (type, reference, reason, occurred_at, recorded_at, actor, request_id, line_count)
    VALUES (p_type, p_reference, p_reason, p_occurred_at, v_now, p_actor, p_request_id, p_line_count);
    SET v_id = LAST_INSERT_ID();
    SET v_body = CONCAT('{"id":', v_id, ',"recorded_at":"', DATE_FORMAT(v_now, '%Y-%m-%dT%H:%i:%s.%fZ'),
                        '"', p_answer);
    IF p_key IS NOT NULL THEN
      INSERT INTO idempotency_key (principal, idem_key, fingerprint, status, body, created_at)
      VALUES (p_actor, p_key, p_fingerprint, p_status, IF(p_status = 0, '', v_body), v_now);
    END IF;
  END IF;

  IF v_outcome = 'posted' AND p_reverses IS NOT NULL THEN
    INSERT INTO movement_reversal (original_id, reversal_id) VALUES (p_reverses, v_id);
  END IF;

  IF v_outcome = 'posted' THEN
    INSERT INTO movement_line (movement_id, line_no, item_id, lot_id, from_id, to_id, quantity)
    SELECT v_id, j.line_no, j.item_id, j.lot_id, j.from_id, j.to_id, j.quantity
      FROM JSON_TABLE(p_lines, '$[*]' COLUMNS (
             line_no  FOR ORDINALITY,
             item_id  BIGINT UNSIGNED PATH '$[0]',
             lot_id   BIGINT UNSIGNED PATH '$[1]',
             from_id  BIGINT UNSIGNED PATH '$[2]',
             to_id    BIGINT UNSIGNED PATH '$[3]',
             quantity DECIMAL(18,6)   PATH '$[4]')) j;
    INSERT INTO outbox (type, subject, actor, request_id, traceparent, data, created_at)
    VALUES ('bincard.movement.posted.v1', v_id, p_actor, p_request_id, p_traceparent, v_body, v_now);
    IF p_own THEN
      COMMIT;
    END IF;
    SELECT v_outcome AS outcome, v_id AS id, v_now AS recorded_at, NULL AS fingerprint, NULL AS status,
           NULL AS body;
  ELSE
    IF p_own THEN
      ROLLBACK;
    ELSE
      ROLLBACK TO SAVEPOINT ledger_post;
    END IF;
    -- A retry may find the stock that its first try took, so every refusal looks for the key first.
    IF EXISTS (SELECT 1 FROM idempotency_key WHERE principal = p_actor AND idem_key = p_key) THEN
      SELECT 'replay' AS outcome, NULL AS id, created_at AS recorded_at, fingerprint, status, body
        FROM idempotency_key WHERE principal = p_actor AND idem_key = p_key;
    ELSE
      -- So does a second reversal: what it would take back may be gone just because the first took it.
      SELECT IF(v_outcome = 'known' OR EXISTS (SELECT 1 FROM movement_reversal WHERE original_id = p_reverses),
                'reversed', v_outcome) AS outcome,
             (SELECT reversal_id FROM movement_reversal WHERE original_id = p_reverses) AS id,
             v_now AS recorded_at, NULL AS fingerprint, NULL AS status, NULL AS body;
    END IF;
  END IF;
END;
