-- Posts one movement: the statements that domain/ledger.c could send one by one, in one round trip. All rules
-- about what may be posted are in domain/ledger.c; here stand only the guards that must hold at the instant of
-- the change. docs/decisions/0002-posting.md has the reasoning and the measurements.
--
-- A function, because SELECT ledger_post(...) is one statement, which commits whole or leaves nothing. It
-- returns "ID MICROSECONDS": the movement's id, and recorded_at since 1970. It fails with
--   1062   the key is known, or the original has been reversed: domain/ledger.c looks which
--   30001  refused: a balance is missing, too small, too large or not as expected
--   30002  stale: the names were resolved at another epoch
--
-- Balances come last, so that their rows are locked for no longer than their own change and the commit. The
-- key comes before them, so that a retry meets its first try and never the stock that the first try took; so
-- does the reversal. The event comes after them, while they are locked: movements of one balance are in the feed
-- in their order, and what the balance was and became is exact. Everybody who locks balances does so in ascending order of (item, location, lot).
-- Items are not kept by lot yet: lot_id is 0 everywhere.
--
-- p_status     of the answer, for a retry; the rest of that answer is the movement, which the ledger keeps
-- p_event      what follows {"id":N,"recorded_at":"..." in the event
-- p_balances   how many balances change; each of them must, or nothing does
-- p_from, p_to where all lines come from and go to; NULL: several places, which are in p_places
-- p_places     [location, ...]; NULL: none
--
-- A movement of one line, in scalars, which are a third cheaper than JSON for it:
-- p_item, p_quantity     the line, with p_from and p_to
-- p_location, p_delta    the balance that changes; the lower location if there are two
-- p_other                the other, which changes by -p_delta; NULL: there is none
-- p_expected             what the balance must be before; NULL: no matter
--
-- One of more lines:
-- p_demand     [[item, location, "delta"], ...] one entry a balance, in lock order
-- p_detail     [[item, from, to, "quantity"], ...] one entry a line
DROP FUNCTION IF EXISTS ledger_post;
CREATE FUNCTION ledger_post(
  p_epoch BIGINT UNSIGNED,
  p_actor VARCHAR(40) CHARACTER SET ascii, p_app VARCHAR(40) CHARACTER SET ascii, p_request_id VARCHAR(64) CHARACTER SET ascii,
  p_traceparent VARCHAR(55) CHARACTER SET ascii,
  p_key VARCHAR(255) CHARACTER SET ascii, p_fingerprint VARBINARY(32), p_status SMALLINT UNSIGNED,
  p_type VARCHAR(16) CHARACTER SET ascii, p_reference VARCHAR(120) CHARACTER SET utf8mb4,
  p_reason VARCHAR(255) CHARACTER SET utf8mb4, p_occurred_at DATETIME(6), p_reverses BIGINT UNSIGNED,
  p_event MEDIUMTEXT CHARACTER SET utf8mb4, p_lines INT, p_balances INT,
  p_from BIGINT UNSIGNED, p_to BIGINT UNSIGNED, p_places MEDIUMTEXT CHARACTER SET ascii,
  p_item BIGINT UNSIGNED, p_quantity DECIMAL(18,6),
  p_location BIGINT UNSIGNED, p_delta DECIMAL(18,6), p_other BIGINT UNSIGNED, p_expected DECIMAL(18,6),
  p_demand MEDIUMTEXT CHARACTER SET utf8mb4, p_detail MEDIUMTEXT CHARACTER SET utf8mb4)
  RETURNS VARCHAR(48) CHARACTER SET ascii
  NOT DETERMINISTIC
  MODIFIES SQL DATA
  SQL SECURITY INVOKER
BEGIN
  DECLARE v_now DATETIME(6) DEFAULT UTC_TIMESTAMP(6);
  DECLARE v_id BIGINT UNSIGNED;
  DECLARE v_changed INT DEFAULT 0;
  DECLARE v_balances MEDIUMTEXT CHARACTER SET ascii DEFAULT '';

  IF p_epoch <> (SELECT epoch FROM name_epoch WHERE id = 1) THEN
    SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 30002, MESSAGE_TEXT = 'stale';
  END IF;

  INSERT INTO movement (type, reference, reason, occurred_at, recorded_at, actor, request_id, line_count,
                        from_id, to_id)
  VALUES (p_type, p_reference, p_reason, p_occurred_at, v_now, p_actor, p_request_id, p_lines, p_from, p_to);
  SET v_id = LAST_INSERT_ID();

  IF p_key IS NOT NULL THEN
    INSERT INTO idempotency_key (principal, idem_key, fingerprint, status, movement_id, body, created_at)
    VALUES (p_actor, p_key, p_fingerprint, p_status, v_id, '', v_now);
  END IF;
  IF p_reverses IS NOT NULL THEN
    INSERT INTO movement_reversal (original_id, reversal_id) VALUES (p_reverses, v_id);
  END IF;

  IF p_lines = 1 THEN
    INSERT INTO movement_line (movement_id, line_no, item_id, lot_id, from_id, to_id, quantity)
    VALUES (v_id, 1, p_item, 0, p_from, p_to, p_quantity);
    REPEAT
      UPDATE stock_level s
         SET s.on_hand = s.on_hand + p_delta, s.version = s.version + 1, s.updated_at = v_now
       WHERE s.item_id = p_item AND s.location_id = p_location AND s.lot_id = 0
         AND (p_delta > 0 OR s.on_hand + p_delta >= s.reserved)
         AND s.on_hand + p_delta <= 999999999999.999999
         AND (p_expected IS NULL OR s.on_hand = p_expected);
      SET v_changed = v_changed + ROW_COUNT();
      SELECT CONCAT(v_balances, IF(v_changed > 1, ',[', '['), p_item, ',', p_location, ',', s.on_hand - p_delta, ',',
                    s.on_hand, ',', s.reserved, ',', s.version, ']')
        INTO v_balances FROM stock_level s
       WHERE s.item_id = p_item AND s.location_id = p_location AND s.lot_id = 0;
      SET p_location = p_other, p_delta = -p_delta, p_other = NULL;
    UNTIL p_location IS NULL END REPEAT;
  ELSE
    IF p_places IS NOT NULL THEN
      INSERT INTO movement_place (location_id, movement_id)
      SELECT j.location_id, v_id
        FROM JSON_TABLE(p_places, '$[*]' COLUMNS (location_id BIGINT UNSIGNED PATH '$')) j;
    END IF;
    INSERT INTO movement_line (movement_id, line_no, item_id, lot_id, from_id, to_id, quantity)
    SELECT v_id, j.line_no, j.item_id, 0, j.from_id, j.to_id, j.quantity
      FROM JSON_TABLE(p_detail, '$[*]' COLUMNS (
             line_no  FOR ORDINALITY,
             item_id  BIGINT UNSIGNED PATH '$[0]',
             from_id  BIGINT UNSIGNED PATH '$[1]',
             to_id    BIGINT UNSIGNED PATH '$[2]',
             quantity DECIMAL(18,6)   PATH '$[3]')) j;
    UPDATE JSON_TABLE(p_demand, '$[*]' COLUMNS (
             item_id     BIGINT UNSIGNED PATH '$[0]',
             location_id BIGINT UNSIGNED PATH '$[1]',
             delta       DECIMAL(18,6)   PATH '$[2]')) d
    STRAIGHT_JOIN stock_level s
       ON s.item_id = d.item_id AND s.location_id = d.location_id AND s.lot_id = 0
      SET s.on_hand = s.on_hand + d.delta, s.version = s.version + 1, s.updated_at = v_now
    WHERE (d.delta > 0 OR s.on_hand + d.delta >= s.reserved)
      AND s.on_hand + d.delta <= 999999999999.999999;
    SET v_changed = ROW_COUNT();
  END IF;
  IF v_changed <> p_balances THEN
    SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 30001, MESSAGE_TEXT = 'refused';
  END IF;
  IF p_lines > 1 THEN
    SELECT GROUP_CONCAT('[', d.item_id, ',', d.location_id, ',', s.on_hand - d.delta, ',', s.on_hand, ',', s.reserved,
                        ',', s.version, ']' SEPARATOR ',') INTO v_balances
      FROM JSON_TABLE(p_demand, '$[*]' COLUMNS (
             item_id     BIGINT UNSIGNED PATH '$[0]',
             location_id BIGINT UNSIGNED PATH '$[1]',
             delta       DECIMAL(18,6)   PATH '$[2]')) d
      STRAIGHT_JOIN stock_level s
        ON s.item_id = d.item_id AND s.location_id = d.location_id AND s.lot_id = 0;
  END IF;
  INSERT INTO outbox (type, subject, actor, app, request_id, traceparent, data, balances, created_at)
  VALUES ('bincard.movement.posted.v1', v_id, p_actor, p_app, p_request_id, p_traceparent,
          CONCAT('{"id":', v_id, ',"recorded_at":"', DATE_FORMAT(v_now, '%Y-%m-%dT%H:%i:%s.%fZ'), '"', p_event),
          CONCAT('[', v_balances, ']'), v_now);
  RETURN CONCAT(v_id, ' ', TIMESTAMPDIFF(MICROSECOND, '1970-01-01', v_now));
END;
