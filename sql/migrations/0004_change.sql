-- What commits together with every change: the record that makes a retry apply once, and the outbox row
-- from which the change feed is made.

CREATE TABLE idempotency_key (
  principal   VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'user:7, client:3',
  idem_key    VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  fingerprint BINARY(32) NOT NULL COMMENT 'SHA-256 of method, path and body of the first request',
  status      SMALLINT UNSIGNED NOT NULL COMMENT 'of the stored answer; 0: the key of an imported movement, kept for ever',
  movement_id BIGINT UNSIGNED NULL COMMENT 'the answer is this movement, which the ledger keeps for ever',
  body        MEDIUMTEXT NOT NULL COMMENT 'the stored answer, if it is no movement',
  created_at  DATETIME(6) NOT NULL,
  PRIMARY KEY (principal, idem_key),
  KEY idempotency_key_created (created_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE outbox (
  id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  type        VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'bincard.movement.posted.v1',
  subject     BIGINT UNSIGNED NOT NULL COMMENT 'id of the resource',
  actor       VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  request_id  VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  traceparent VARCHAR(55) CHARACTER SET ascii COLLATE ascii_bin NULL,
  data        MEDIUMTEXT NOT NULL COMMENT 'the resource as the API shows it, JSON',
  created_at  DATETIME(6) NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
