-- Single sign-on: who staff are at the provider, and sign-ins that are under way there.

CREATE TABLE user_identity (
  id         BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  user_id    BIGINT UNSIGNED NOT NULL,
  issuer     VARBINARY(255) NOT NULL,
  subject    VARBINARY(255) NOT NULL COMMENT 'compared byte for byte: no two subjects are the same by case, accent or space',
  created_at DATETIME(6) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY user_identity_subject (issuer, subject),
  UNIQUE KEY user_identity_user (user_id, issuer),
  CONSTRAINT user_identity_user_fk FOREIGN KEY (user_id) REFERENCES user (id)
) ENGINE=InnoDB;

CREATE TABLE sso_sign_in (
  token_hash BINARY(32) NOT NULL COMMENT 'SHA-256 of the cookie\'\'s value, from which state, nonce and verifier follow',
  target     VARCHAR(1024) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'where to go afterwards',
  expires_at DATETIME(6) NOT NULL,
  PRIMARY KEY (token_hash),
  KEY sso_sign_in_expires (expires_at)
) ENGINE=InnoDB COMMENT='Deleted when the browser comes back: each works once';

ALTER TABLE session
  ADD COLUMN sso             TINYINT NOT NULL DEFAULT 0 COMMENT '1: begun by single sign-on',
  ADD COLUMN id_token_sealed VARBINARY(4200) NULL COMMENT 'sealed with the master key, for signing out at the provider';
