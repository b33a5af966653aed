-- Tokens of other issuers: their keys, as the last answer had them, and whom they have named.

CREATE TABLE issuer_key_set (
  source     BINARY(32) NOT NULL COMMENT 'SHA-256 of the issuer and where its keys are',
  issuer     VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  jwks       MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL COMMENT 'NULL: never had',
  fetched_at DATETIME(6) NULL COMMENT 'when jwks was had',
  tried_at   DATETIME(6) NOT NULL COMMENT 'when it was last asked for; whoever sets this asks',
  ended_at   DATETIME(6) NULL COMMENT 'when that was over; NULL: somebody is at it',
  failure    VARCHAR(500) NULL COMMENT 'why it was in vain',
  PRIMARY KEY (source)
) ENGINE=InnoDB;

CREATE TABLE foreign_principal (
  id         BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  issuer     VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  subject    VARBINARY(255) NOT NULL COMMENT 'UTF-8, but a blank at its end makes another',
  name       VARCHAR(120) NOT NULL COMMENT 'as the token of first_seen had it',
  status     ENUM('active', 'disabled') NOT NULL DEFAULT 'active',
  first_seen DATETIME(6) NOT NULL,
  last_seen  DATETIME(6) NOT NULL COMMENT 'to the hour',
  PRIMARY KEY (id),
  UNIQUE KEY foreign_principal_subject (issuer, subject)
) ENGINE=InnoDB;
