-- Access tokens that were revoked before their time, and signing keys that take turns.

CREATE TABLE revoked_token (
  jti        VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  expires_at DATETIME(6) NOT NULL COMMENT 'exp of the token: after it the row may go',
  PRIMARY KEY (jti),
  KEY revoked_token_expires (expires_at)
) ENGINE=InnoDB;

ALTER TABLE signing_key
  ADD COLUMN signs_from DATETIME(6) NULL COMMENT 'published since created_at, signs from here on; NULL: from created_at',
  ADD COLUMN ends_at DATETIME(6) NULL COMMENT 'the last token that it signed has ended; NULL: no key follows it yet';
