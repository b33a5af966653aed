-- Readers of the feed whose place in it the database keeps. docs/decisions/0012-sinks.md

CREATE TABLE sink (
  id            BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  kind          ENUM('webhook','amqp','kafka','redis') NOT NULL,
  name          VARCHAR(120) NOT NULL,
  state         ENUM('active','paused') NOT NULL,
  paused_for    VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'by_hand, failing, refused, gone',
  seq           BIGINT UNSIGNED NOT NULL COMMENT 'the last event that it has, or has no use for',
  types         VARCHAR(2000) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'of events, or how they begin with * behind it, separated by commas; empty: all',
  permissions   VARCHAR(2000) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'with which it reads',
  tries         INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'in vain, of the next event',
  failing_since DATETIME(6) NULL,
  next_try_at   DATETIME(6) NULL COMMENT 'NULL: at once',
  last_error    VARCHAR(300) NULL,
  last_ok_at    DATETIME(6) NULL,
  version       BIGINT UNSIGNED NOT NULL DEFAULT 1 COMMENT 'of its settings and its state',
  created_at    DATETIME(6) NOT NULL,
  updated_at    DATETIME(6) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY sink_name (kind, name),
  CONSTRAINT sink_paused CHECK ((state = 'paused') = (paused_for IS NOT NULL))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE sink_state (
  id         TINYINT UNSIGNED NOT NULL,
  fence      BIGINT UNSIGNED NOT NULL COMMENT 'grows with each holder',
  holder     VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'who sends; NULL: nobody',
  renewed_at DATETIME(6) NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT sink_state_one CHECK (id = 1)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

INSERT INTO sink_state (id, fence, holder, renewed_at) VALUES (1, 0, NULL, UTC_TIMESTAMP(6));
