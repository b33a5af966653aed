-- What can be switched while everything runs. A flag that the program knows (domain/flag.h) has its row from
-- the migration that comes with it, in the state that changes nothing.

CREATE TABLE feature_flag (
  id         BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  name       VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state      ENUM('off','on','percent') NOT NULL,
  percent    TINYINT UNSIGNED NULL COMMENT 'of users and clients, with the state percent alone',
  version    BIGINT UNSIGNED NOT NULL DEFAULT 1,
  created_at DATETIME(6) NOT NULL,
  updated_at DATETIME(6) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY feature_flag_name (name),
  CONSTRAINT feature_flag_percent CHECK ((state = 'percent') = (percent IS NOT NULL) AND (percent IS NULL OR percent <= 100))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

INSERT INTO feature_flag (name, state, created_at, updated_at) VALUES
  ('api_docs',  'on', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6)),
  ('audit_csv', 'on', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6));

UPDATE role SET permissions = CONCAT(permissions, ' flags:read flags:write') WHERE name = 'administrator' AND built_in = 1;
