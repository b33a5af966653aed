-- The feed: what committed with each change becomes one sequence. docs/decisions/0011-feed.md

ALTER TABLE outbox
  ADD COLUMN app VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'client:3: that acted for the actor' AFTER actor,
  ADD COLUMN balances MEDIUMTEXT CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'of a movement: [[item, location, before, after, reserved, version], ...]';

CREATE TABLE event (
  seq         BIGINT UNSIGNED NOT NULL COMMENT 'number of the change; those of its balances follow',
  size        SMALLINT UNSIGNED NOT NULL COMMENT 'how many numbers it takes: 1, and one for each balance',
  resource    VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'item, movement, ...',
  type        VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'bincard.movement.posted.v1',
  subject     BIGINT UNSIGNED NOT NULL COMMENT 'id of the resource',
  actor       VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  app         VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NULL,
  request_id  VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  traceparent VARCHAR(55) CHARACTER SET ascii COLLATE ascii_bin NULL,
  at          DATETIME(6) NOT NULL,
  data        MEDIUMTEXT NOT NULL COMMENT 'the resource as the API shows it, JSON',
  balances    MEDIUMTEXT CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'of a movement: [[item, location, before, after, reserved, version], ...]',
  PRIMARY KEY (seq)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE feed_state (
  id         TINYINT UNSIGNED NOT NULL,
  seq        BIGINT UNSIGNED NOT NULL COMMENT 'the last number that was given',
  fence      BIGINT UNSIGNED NOT NULL COMMENT 'grows with each holder',
  holder     VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'who sequences; NULL: nobody',
  renewed_at DATETIME(6) NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT feed_state_one CHECK (id = 1)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

INSERT INTO feed_state (id, seq, fence, holder, renewed_at) VALUES (1, 0, 0, NULL, UTC_TIMESTAMP(6));
