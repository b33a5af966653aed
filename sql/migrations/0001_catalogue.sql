-- Items, their categories and barcodes, and the tree of locations.
-- Codes that people type or scan compare exactly (utf8mb4_bin); names compare by language rules.

CREATE TABLE category (
  id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  name        VARCHAR(120) NOT NULL,
  parent_id   BIGINT UNSIGNED NULL,
  version     BIGINT UNSIGNED NOT NULL DEFAULT 1,
  created_at  DATETIME(6) NOT NULL,
  updated_at  DATETIME(6) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY category_name (name),
  KEY category_parent (parent_id, name),
  CONSTRAINT category_parent_fk FOREIGN KEY (parent_id) REFERENCES category (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci
  COMMENT='What an item belongs to; a small tree';

CREATE TABLE item (
  id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  sku         VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  name        VARCHAR(255) NOT NULL,
  description TEXT NOT NULL,
  category_id BIGINT UNSIGNED NULL,
  unit        VARCHAR(16) NOT NULL COMMENT 'base unit: each, kg, m; every quantity of the item counts it',
  status      ENUM('active','archived') NOT NULL DEFAULT 'active',
  version     BIGINT UNSIGNED NOT NULL DEFAULT 1,
  created_at  DATETIME(6) NOT NULL,
  updated_at  DATETIME(6) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY item_sku (sku),
  KEY item_name (name, id),
  KEY item_updated (updated_at, id),
  KEY item_category (category_id, id),
  CONSTRAINT item_category_fk FOREIGN KEY (category_id) REFERENCES category (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci
  COMMENT='What is kept in stock; never deleted, archived instead';

CREATE TABLE item_barcode (
  barcode     VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  item_id     BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (barcode),
  KEY item_barcode_item (item_id),
  CONSTRAINT item_barcode_item_fk FOREIGN KEY (item_id) REFERENCES item (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci
  COMMENT='What a scanner reads; a barcode means one item';

CREATE TABLE location (
  id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  code        VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  name        VARCHAR(255) NOT NULL,
  kind        ENUM('site','zone','bin','virtual') NOT NULL,
  role        ENUM('storage','receiving','shipping','quarantine','transit',
                   'supplier','customer','adjustment','production','scrap') NOT NULL,
  parent_id   BIGINT UNSIGNED NULL,
  path        VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL
              COMMENT 'ids from the root to this location: /101/107/; a subtree is one prefix',
  depth       TINYINT UNSIGNED NOT NULL COMMENT '1 is a root',
  status      ENUM('active','archived') NOT NULL DEFAULT 'active',
  version     BIGINT UNSIGNED NOT NULL DEFAULT 1,
  created_at  DATETIME(6) NOT NULL,
  updated_at  DATETIME(6) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY location_code (code),
  KEY location_name (name, id),
  KEY location_path (path),
  KEY location_parent (parent_id, code),
  KEY location_updated (updated_at, id),
  CONSTRAINT location_parent_fk FOREIGN KEY (parent_id) REFERENCES location (id),
  CONSTRAINT location_virtual CHECK ((kind = 'virtual') =
    (role IN ('supplier','customer','adjustment','production','scrap')))
) ENGINE=InnoDB AUTO_INCREMENT=101 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci
  COMMENT='Where stock is; virtual ones are where it comes from and goes to';

-- The far ends of movements. Ids are fixed: app/domain/location.h names them.
INSERT INTO location (id, code, name, kind, role, path, depth, created_at, updated_at) VALUES
  (1, '@supplier',   'Suppliers',   'virtual', 'supplier',   '/1/', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6)),
  (2, '@customer',   'Customers',   'virtual', 'customer',   '/2/', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6)),
  (3, '@adjustment', 'Adjustments', 'virtual', 'adjustment', '/3/', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6)),
  (4, '@production', 'Production',  'virtual', 'production', '/4/', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6)),
  (5, '@scrap',      'Scrap',       'virtual', 'scrap',      '/5/', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6));

-- Workers remember which id a SKU or location code stands for. Whoever changes a SKU or a code adds 1
-- here in the same transaction; ledger_post refuses names that were resolved at another epoch.
CREATE TABLE name_epoch (
  id    TINYINT UNSIGNED NOT NULL,
  epoch BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT name_epoch_single CHECK (id = 1)
) ENGINE=InnoDB COMMENT='One row: counts changes of SKUs and location codes';
INSERT INTO name_epoch VALUES (1, 1);
