-- The ledger and its balances. A movement line takes a quantity from one location to another: double
-- entry, so each item sums to 0 over all places. Rows are never changed or deleted; sql/grants.sql gives
-- nobody but the owner that right. No foreign keys on the movement tables: they will be partitioned.

CREATE TABLE movement (
  id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  type        ENUM('receipt','issue','transfer','adjustment','return','scrap','production','reversal')
              NOT NULL,
  reference   VARCHAR(120) NOT NULL DEFAULT '' COMMENT 'the document behind it: PO-17',
  reason      VARCHAR(255) NOT NULL DEFAULT '',
  occurred_at DATETIME(6) NOT NULL COMMENT 'when it happened, as told',
  recorded_at DATETIME(6) NOT NULL COMMENT 'when it was posted, by the database''s clock',
  actor       VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'user:7, client:3, system',
  request_id  VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  line_count  SMALLINT UNSIGNED NOT NULL,
  from_id     BIGINT UNSIGNED NULL COMMENT 'where all its lines come from; NULL: see movement_place',
  to_id       BIGINT UNSIGNED NULL COMMENT 'where all its lines go to; NULL: see movement_place',
  PRIMARY KEY (id),
  KEY movement_reference (reference, id),
  KEY movement_occurred (occurred_at, id),
  KEY movement_from (from_id, id),
  KEY movement_to (to_id, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci
  COMMENT='One business event';

CREATE TABLE movement_line (
  movement_id BIGINT UNSIGNED NOT NULL,
  line_no     SMALLINT UNSIGNED NOT NULL COMMENT 'from 1',
  item_id     BIGINT UNSIGNED NOT NULL,
  lot_id      BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT '0: not kept by lot',
  from_id     BIGINT UNSIGNED NOT NULL COMMENT 'location',
  to_id       BIGINT UNSIGNED NOT NULL COMMENT 'location',
  quantity    DECIMAL(18,6) NOT NULL COMMENT 'in the item''s base unit',
  PRIMARY KEY (movement_id, line_no),
  KEY movement_line_item (item_id, movement_id),
  CONSTRAINT movement_line_positive CHECK (quantity > 0),
  CONSTRAINT movement_line_moves CHECK (from_id <> to_id)
) ENGINE=InnoDB COMMENT='The ledger: what went from where to where';

-- What is looked up by location is a movement, so it is indexed once for a movement and not for each line.
CREATE TABLE movement_place (
  location_id BIGINT UNSIGNED NOT NULL,
  movement_id BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (location_id, movement_id)
) ENGINE=InnoDB COMMENT='The locations at the end of a movement that has several there';

CREATE TABLE movement_reversal (
  original_id BIGINT UNSIGNED NOT NULL,
  reversal_id BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (original_id),
  UNIQUE KEY movement_reversal_reversal (reversal_id)
) ENGINE=InnoDB COMMENT='A movement is reversed at most once';

-- A row exists only for an active item at an active real location: archiving deletes the empty rows,
-- and a posting that resolved the names before then finds its row gone and is refused.
CREATE TABLE stock_level (
  item_id     BIGINT UNSIGNED NOT NULL,
  location_id BIGINT UNSIGNED NOT NULL,
  lot_id      BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT '0: not kept by lot',
  on_hand     DECIMAL(18,6) NOT NULL DEFAULT 0,
  reserved    DECIMAL(18,6) NOT NULL DEFAULT 0,
  version     BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'movements that touched it',
  updated_at  DATETIME(6) NOT NULL,
  PRIMARY KEY (item_id, location_id, lot_id),
  KEY stock_level_location (location_id, item_id),
  CONSTRAINT stock_level_item_fk FOREIGN KEY (item_id) REFERENCES item (id),
  CONSTRAINT stock_level_location_fk FOREIGN KEY (location_id) REFERENCES location (id),
  CONSTRAINT stock_level_never_oversold CHECK (on_hand >= 0 AND reserved >= 0 AND reserved <= on_hand)
) ENGINE=InnoDB COMMENT='The balance of an item (and lot) at a location';
