-- What staff prove beside their password. kind leaves room for others than codes by the time.

CREATE TABLE second_factor (
  id            BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  user_id       BIGINT UNSIGNED NOT NULL,
  kind          ENUM('totp') NOT NULL,
  secret_sealed VARBINARY(255) NOT NULL COMMENT 'sealed with the master key',
  last_step     BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'of the last code that was taken: none before it works again',
  created_at    DATETIME(6) NOT NULL,
  confirmed_at  DATETIME(6) NULL COMMENT 'NULL: being set up, and asked for by nobody',
  PRIMARY KEY (id),
  UNIQUE KEY second_factor_user (user_id, kind),
  CONSTRAINT second_factor_user_fk FOREIGN KEY (user_id) REFERENCES user (id)
) ENGINE=InnoDB;

CREATE TABLE recovery_code (
  user_id   BIGINT UNSIGNED NOT NULL,
  code_hash BINARY(32) NOT NULL COMMENT 'SHA-256; a code has 80 random bits, so no slow hash is needed',
  PRIMARY KEY (user_id, code_hash),
  CONSTRAINT recovery_code_user_fk FOREIGN KEY (user_id) REFERENCES user (id)
) ENGINE=InnoDB COMMENT='Those that are left: one is deleted when it is used';

CREATE TABLE pending_sign_in (
  token_hash BINARY(32) NOT NULL COMMENT 'SHA-256 of the cookie''s value',
  user_id    BIGINT UNSIGNED NOT NULL,
  tries      TINYINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'codes that were tried',
  expires_at DATETIME(6) NOT NULL,
  PRIMARY KEY (token_hash),
  KEY pending_sign_in_user (user_id),
  KEY pending_sign_in_expires (expires_at),
  CONSTRAINT pending_sign_in_user_fk FOREIGN KEY (user_id) REFERENCES user (id)
) ENGINE=InnoDB COMMENT='The password was right, the second factor is awaited: no session yet';

ALTER TABLE role
  ADD COLUMN second_factor TINYINT NOT NULL DEFAULT 0 COMMENT '1: who has the role needs a second factor';
