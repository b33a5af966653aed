-- Webhooks: sinks that are called over HTTP. docs/decisions/0012-sinks.md

CREATE TABLE webhook_endpoint (
  sink_id    BIGINT UNSIGNED NOT NULL,
  url        VARCHAR(2000) NOT NULL,
  secret     VARBINARY(200) NOT NULL COMMENT 'sealed with the master key',
  old_secret VARBINARY(200) NULL COMMENT 'signs, too, until old_until',
  old_until  DATETIME(6) NULL,
  PRIMARY KEY (sink_id),
  CONSTRAINT webhook_endpoint_sink FOREIGN KEY (sink_id) REFERENCES sink (id) ON DELETE CASCADE,
  CONSTRAINT webhook_endpoint_old CHECK ((old_secret IS NULL) = (old_until IS NULL))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE webhook_delivery (
  id             BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  sink_id        BIGINT UNSIGNED NOT NULL,
  reason         ENUM('event','test','again') NOT NULL COMMENT 'again: by hand',
  state          ENUM('waiting','delivered','failed') NOT NULL,
  seq            BIGINT UNSIGNED NOT NULL COMMENT 'of the event; 0: a test',
  type           VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  message_id     VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'webhook-id; empty: a test that waits',
  actor          VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'who wanted it; NULL: the feed',
  created_at     DATETIME(6) NOT NULL COMMENT 'when it was sent, or wanted',
  duration_us    BIGINT UNSIGNED NULL,
  status         SMALLINT UNSIGNED NULL COMMENT 'NULL: no answer',
  error          VARCHAR(300) NULL,
  request_header TEXT NULL,
  request_body   MEDIUMTEXT NULL COMMENT 'its beginning',
  answer_header  VARBINARY(4096) NULL,
  answer_body    VARBINARY(4096) NULL,
  PRIMARY KEY (id),
  KEY webhook_delivery_sink (sink_id, id),
  KEY webhook_delivery_state (state, id),
  KEY webhook_delivery_created (created_at),
  CONSTRAINT webhook_delivery_endpoint FOREIGN KEY (sink_id) REFERENCES webhook_endpoint (sink_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

UPDATE role SET permissions = CONCAT(permissions, ' webhooks:read webhooks:write') WHERE name = 'administrator' AND built_in = 1;
